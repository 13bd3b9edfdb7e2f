import { test } from 'vitest';
import { exchanges } from './exchange.ts';

const few = { runs: 25, seed: 20_260_101 };

test.for([
  ['ours', 'ours'],
  ['ours', 'old'],
  ['old', 'ours'],
] as const)('on a session opened by %s with %s all that comes is read once, in any order', (libraries) =>
  exchanges({ ...few, libraries, isCrossed: false }),
);

test.for([
  ['ours', 'ours'],
  ['ours', 'old'],
] as const)('%s and %s who write first at once, and open anew, lose nothing', (libraries) =>
  exchanges({ ...few, libraries, isCrossed: true }),
);
