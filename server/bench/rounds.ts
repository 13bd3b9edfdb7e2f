import type { Usage } from './gateway.ts';
import type { Rate } from './load.ts';
import { type Figure, figure } from './measure.ts';
import type { Size } from './size.ts';
import type { Stage } from './stage.ts';
import type { Figures } from './units.ts';

/** One of several ways to do the same, measured in turn with the others. */
export interface Variant {
  name: string;
  run(seconds: number, isWarmUp: boolean): Promise<Rate>;
  usage(): Promise<Usage>;
}

/** What operations used: CPU in ms and statements of one, and the share of a core meanwhile. */
interface Charge {
  engineCpu: number;
  postgresCpu: number | undefined;
  statements: number | undefined;
  engineBusy: number;
  postgresBusy: number | undefined;
  networkBusy: number;
  driverBusy: number;
  /** Of everything else on the machine: none, if the figures are to be believed. */
  othersBusy: number;
}

/** What one variant did in one round. */
export interface Round extends Rate, Charge {}

/**
 * All variants in each round, every other round backwards, so that what drifts on the machine strikes all alike.
 * Each is warmed up before it is measured, and charged until all is quiet again.
 */
export async function inRounds<Name extends string>(
  variants: readonly (Variant & { name: Name })[],
  size: Pick<Size, 'rounds' | 'seconds' | 'warmSeconds'>,
  stage: Pick<Stage, 'settled' | 'aroundMs'>,
): Promise<Record<Name, Round[]>> {
  const done = Object.fromEntries(variants.map(({ name }) => [name, []])) as unknown as Record<Name, Round[]>;
  for (let round = 0; round < size.rounds; round++) {
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      await variant.run(size.warmSeconds, true);
      await stage.settled();
      done[variant.name].push(await charged(variant, () => variant.run(size.seconds, false), stage));
      const last = done[variant.name].at(-1);
      console.log(`    round ${round + 1}, ${variant.name}: ${last?.perSecond.toFixed(0)}/s`);
    }
  }
  return done;
}

/** Runs something and gives what each of its operations used until all was quiet. */
export async function charged<Done extends { count: number }>(
  { usage }: Pick<Variant, 'usage'>,
  run: () => Promise<Done>,
  stage: Pick<Stage, 'settled' | 'aroundMs'>,
): Promise<Done & Charge> {
  const [before, around, fromMs] = [await usage(), stage.aroundMs(), performance.now()];
  const rate = await run();
  const [answered, aroundThen, tookMs] = [await usage(), stage.aroundMs(), performance.now() - fromMs];
  await stage.settled();
  const after = await usage();
  const busy = (from: number, to: number) => ((to - from) / tookMs) * 100;
  const engineBusy = busy(before.engineMs, answered.engineMs);
  const postgresBusy =
    before.postgresMs === undefined ? undefined : busy(before.postgresMs, answered.postgresMs ?? Number.NaN);
  const networkBusy = busy(around.network, aroundThen.network);
  const driverBusy = busy(around.driver, aroundThen.driver);
  const known = engineBusy + (postgresBusy ?? 0) + networkBusy + driverBusy;
  const each = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : (to - from) / rate.count;
  return {
    ...rate,
    engineCpu: (after.engineMs - before.engineMs) / rate.count,
    postgresCpu: each(before.postgresMs, after.postgresMs),
    statements: each(before.statements, after.statements),
    engineBusy,
    postgresBusy,
    networkBusy,
    driverBusy,
    othersBusy: Math.max(0, busy(around.machine, aroundThen.machine) - known),
  };
}

/** What the rounds of a variant came to. */
export function figuresOf(rounds: readonly Omit<Round, 'count'>[]): Figures {
  const of = (pick: (round: Omit<Round, 'count'>) => number | undefined) => {
    const values = rounds.map(pick);
    return values.every((value) => value !== undefined) ? figure(values) : undefined;
  };
  const found = {
    rate: of((round) => round.perSecond),
    p50: of((round) => round.p50Ms),
    p99: of((round) => round.p99Ms),
    statements: of((round) => round.statements),
    engineCpu: of((round) => round.engineCpu),
    postgresCpu: of((round) => round.postgresCpu),
    engineBusy: of((round) => round.engineBusy),
    postgresBusy: of((round) => round.postgresBusy),
    networkBusy: of((round) => round.networkBusy),
    driverBusy: of((round) => round.driverBusy),
    othersBusy: of((round) => round.othersBusy),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** The median of the rounds' ratios: each compares two measurements that lie seconds apart. */
export function ratioOf(ours: readonly Round[], theirs: readonly Round[]): Figure {
  return figure(ours.map(({ perSecond }, n) => perSecond / (theirs[n]?.perSecond ?? Number.NaN)));
}
