import type { Bench } from '../kit.ts';
import { closedLoop } from '../load.ts';
import type { Raw } from '../raw.ts';
import { figuresOf, inRounds, type Round, ratioOf } from '../rounds.ts';
import type { Stage } from '../stage.ts';

const chatCount = 16;
const profileCount = 20;

/** Until the server's ack (`Prefer: wait`): one at a time, many at once, and spread over profiles. */
export const send = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const chats = (await stage.phones(chatCount)).map(({ number }) => number);
    const [first = ''] = chats;
    const raw = await stage.raw();
    await raw.send({ atOnce: 1, total: chatCount }, chats);
    await raw.send({ atOnce: chatCount, total: size.warmMessages }, chats);
    const { ours, theirs } = variantsOn(stage, raw);
    const [profile] = await stage.profiles(1);
    if (!profile) throw new Error('no profile');
    for (const chat of chats) await stage.send(profile.id, chat, 'warm');
    await closedLoop({ atOnce: chatCount, total: size.warmMessages }, (n) =>
      stage.send(profile.id, chats[n % chatCount] ?? '', `warm ${n}`),
    );

    await stage.rest(size.restSeconds);
    const many = ours('manyChats', chatCount, (n) => [profile.id, chats[n % chatCount] ?? '']);
    const done = await inRounds(
      [
        ours('one', 1, () => [profile.id, first]),
        theirs('rawOne', 1, [first]),
        ours('oneChat', chatCount, () => [profile.id, first]),
        theirs('rawOneChat', chatCount, [first]),
        many,
        theirs('rawManyChats', chatCount, chats),
      ],
      size,
      stage,
    );
    const besideRaw = (ours: Round[], theirs: Round[]) => ({
      figures: { ...figuresOf(ours), ratio: ratioOf(ours, theirs) },
      raw: figuresOf(theirs),
    });
    report.add('send.one', besideRaw(done.one, done.rawOne));
    const oneChat = besideRaw(done.oneChat, done.rawOneChat);
    report.add('send.oneChat', {
      ...oneChat,
      figures: { ...oneChat.figures, toOne: ratioOf(done.oneChat, done.one) },
    });
    report.add('send.manyChats', besideRaw(done.manyChats, done.rawManyChats));

    const profiles = [profile, ...(await stage.profiles(profileCount - 1))];
    const pairs = profiles.map(({ id }, n): [string, string] => [id, chats[n % chatCount] ?? '']);
    for (const [id, chat] of pairs) await stage.send(id, chat, 'warm');
    await stage.rest(size.restSeconds);
    const spread = await inRounds(
      [many, ours('manyProfiles', chatCount, (n) => pairs[n % profileCount] ?? ['', ''])],
      size,
      stage,
    );
    report.add('send.manyProfiles', {
      figures: {
        ...figuresOf(spread.manyProfiles),
        toOneProfile: ratioOf(spread.manyProfiles, spread.manyChats),
      },
    });
  });

/** Ways to send: by the gateway, from a profile to a chat, and by plain Baileys. */
export function variantsOn(stage: Stage, raw: Raw) {
  return {
    ours: <Name extends string>(name: Name, atOnce: number, whither: (n: number) => [string, string]) => ({
      name,
      usage: stage.usage,
      run: (seconds: number) =>
        closedLoop({ atOnce, seconds }, (n) => stage.send(...whither(n), `${name} ${n}`)),
    }),
    theirs: <Name extends string>(name: Name, atOnce: number, chats: string[]) => ({
      name,
      usage: raw.usage,
      run: (seconds: number) => raw.send({ atOnce, seconds }, chats),
    }),
  };
}
