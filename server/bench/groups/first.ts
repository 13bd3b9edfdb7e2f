import type { Bench } from '../kit.ts';
import { closedLoop } from '../load.ts';
import { figuresOf, inRounds, ratioOf } from '../rounds.ts';

/** Each message to somebody new: the network is asked for devices and keys before anything can be encrypted. */
export const first = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const [profile] = await stage.profiles(1);
    const raw = await stage.raw();
    await stage.rest(size.restSeconds);
    const strangers = async (isWarmUp: boolean) =>
      (await stage.phones(Math.ceil(isWarmUp ? size.newNumbers / 2 : size.newNumbers))).map(
        ({ number }) => number,
      );
    const done = await inRounds(
      [
        {
          name: 'first',
          usage: stage.usage,
          async run(_, isWarmUp) {
            const chats = await strangers(isWarmUp);
            return closedLoop({ atOnce: 1, total: chats.length }, (n) =>
              stage.send(profile?.id ?? '', chats[n] ?? '', `first ${n}`),
            );
          },
        },
        {
          name: 'rawFirst',
          usage: raw.usage,
          async run(_, isWarmUp) {
            const chats = await strangers(isWarmUp);
            return raw.send({ atOnce: 1, total: chats.length }, chats);
          },
        },
      ],
      size,
      stage,
    );
    report.add('first.one', {
      figures: { ...figuresOf(done.first), ratio: ratioOf(done.first, done.rawFirst) },
      raw: figuresOf(done.rawFirst),
    });
  });
