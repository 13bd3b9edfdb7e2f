import { expect, test } from 'vitest';
import { seeded } from '../../../../test/seeded.ts';
import { countedAs, countStep, level, noCounts, stepped } from './levels.ts';

test('steps in any order, told twice or late, keep the counters equal to a count of the rows', () => {
  const random = seeded(3);
  const told = [level.sent, level.delivered, level.read, level.failed, level.cancelled];
  const rows = Array.from({ length: 500 }, () => level.queued as number);
  const counts = noCounts();
  for (const row of rows) for (const name of countedAs(row)) counts[name] += 1;
  for (let step = 0; step < 20_000; step++) {
    const at = Math.floor(random() * rows.length);
    const from = rows[at] ?? 0;
    const to = stepped(from, told[Math.floor(random() * told.length)] ?? level.sent);
    countStep(counts, from, to);
    rows[at] = to;
  }
  const anew = noCounts();
  for (const row of rows) for (const name of countedAs(row)) anew[name] += 1;
  expect(counts).toEqual(anew);
});

test('a recipient only moves forward; what had failed may turn out to have arrived', () => {
  expect(stepped(level.read, level.delivered)).toBe(level.read);
  expect(stepped(level.delivered, level.cancelled)).toBe(level.delivered);
  expect(stepped(level.failed, level.delivered)).toBe(level.delivered);
  expect(stepped(level.cancelled, level.sent)).toBe(level.cancelled);
  expect(stepped(level.queued, level.read)).toBe(level.read);
});
