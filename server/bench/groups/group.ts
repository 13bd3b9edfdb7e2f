import { newNumber } from '../../test/tenant.ts';
import { arrivalsAtWebhook, createArrivals } from '../arrivals.ts';
import type { Bench } from '../kit.ts';
import { closedLoop } from '../load.ts';
import { figure } from '../measure.ts';
import { charged, figuresOf, inRounds, ratioOf } from '../rounds.ts';
import { variantsOn } from './send.ts';

/** Beside the profile's phone, or that of plain Baileys. */
const otherMembers = 19;
const inPerSecond = 25;
const inManyPerSecond = 100;
/** What plain Baileys takes on every machine. */
const rawPerSecond = 10;

/** To and from a group of twenty, each side in one of its own; everybody has a sender key of their own. */
export const group = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const [profile] = await stage.profiles(1);
    if (!profile) throw new Error('no profile');
    const raw = await stage.raw();
    const members = (await stage.phones(otherMembers)).map(({ number }) => number);
    const [founder = '', ...rest] = members;
    const chat = await stage.sandbox.group(founder, 'Bench', [...rest, profile.phone.number]);
    const rawChat = await stage.sandbox.group(founder, 'Beside', [...rest, raw.number]);
    const warm = { atOnce: 1, total: Math.ceil(size.warmMessages / 10) };
    await closedLoop(warm, (n) => stage.send(profile.id, chat, `warm ${n}`));
    await raw.send(warm, [rawChat]);

    await stage.rest(size.restSeconds);
    const variants = variantsOn(stage, raw);
    const done = await inRounds(
      [
        variants.ours('one', 1, () => [profile.id, chat]),
        variants.theirs('rawOne', 1, [rawChat]),
        variants.ours('atOnce', 16, () => [profile.id, chat]),
        variants.theirs('rawAtOnce', 16, [rawChat]),
      ],
      { ...size, rounds: Math.min(3, size.rounds) },
      stage,
    );
    report.add('group.out', {
      figures: { ...figuresOf(done.one), ratio: ratioOf(done.one, done.rawOne) },
      raw: figuresOf(done.rawOne),
    });
    report.add('group.outAtOnce', {
      figures: { ...figuresOf(done.atOnce), ratio: ratioOf(done.atOnce, done.rawAtOnce) },
      raw: figuresOf(done.rawAtOnce),
    });

    const large = await stage.sandbox.group(founder, 'Large', [
      profile.phone.number,
      ...Array.from({ length: size.largeGroup - 2 }, newNumber),
    ]);
    // The first one begins a session with everybody.
    await stage.send(profile.id, large, 'first');
    const sends = await closedLoop({ atOnce: 1, total: size.largeGroupSends }, (n) =>
      stage.send(profile.id, large, `large ${n}`),
    );
    report.add('group.large', {
      figures: { rate: figure([sends.perSecond]), p50: figure([sends.p50Ms]), p99: figure([sends.p99Ms]) },
    });

    const { flow, close } = await arrivalsAtWebhook(stage, profile.id);
    const toRaw = createArrivals();
    raw.onText(toRaw.heard);
    const sendTo = (group: string) => (n: number, text: string) =>
      stage.phoneSends(members[n % otherMembers] ?? '', group, text);
    const warmIn = { perSecond: rawPerSecond, seconds: size.warmMessages / 150 };
    await flow(warmIn, sendTo(chat));
    await toRaw.flow(warmIn, sendTo(rawChat));
    const seconds = size.steadySeconds;
    const ours = (perSecond: number) =>
      charged(stage, () => flow({ perSecond, seconds }, sendTo(chat)), stage);
    const few = await ours(inPerSecond);
    const rawFew = await charged(
      raw,
      () => toRaw.flow({ perSecond: rawPerSecond, seconds }, sendTo(rawChat)),
      stage,
    );
    report.add('group.in', { figures: figuresOf([few]), raw: figuresOf([rawFew]) });
    const many = await ours(inManyPerSecond);
    report.add('group.inMany', { figures: { ...figuresOf([many]), growth: figure([many.growthMs]) } });
    await close();
  });
