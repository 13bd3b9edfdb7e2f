import { test } from 'vitest';
import { exchanges } from '../test/exchange.ts';
import { groupExchanges } from '../test/group-exchange.ts';

const seeds = [11, 20_260_101, 987_654_321];

test.for(
  (
    [
      ['ours', 'ours', 1_500],
      ['ours', 'old', 500],
      ['old', 'ours', 500],
    ] as const
  ).flatMap(([one, other, runs]) =>
    seeds.flatMap((seed) =>
      [true, false].map((isCrossed) => ({ libraries: [one, other] as const, runs, seed, isCrossed })),
    ),
  ),
)('$libraries, seed $seed, crossed: $isCrossed: all that comes is read once, in any order', exchanges);

test.for(
  (
    [
      ['ours', 'ours', 600],
      ['ours', 'old', 100],
      ['old', 'ours', 100],
    ] as const
  ).flatMap(([one, other, runs]) => seeds.map((seed) => ({ libraries: [one, other] as const, runs, seed }))),
)('$libraries, seed $seed: group messages are read once, in any order, over changing keys', groupExchanges);
