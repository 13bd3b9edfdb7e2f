import { expect, test } from 'vitest';
import { seeded } from '../../../../test/seeded.ts';
import { after, choose, type Sharer, startsAt } from './fairness.ts';

const now = new Date('2026-01-01T00:00:00Z');
const sharer = (id: string, weight: number, virtualTime = 0): Sharer => ({
  ...{ id, weight, virtualTime, dueAt: now },
});

/** Gives so many turns, and counts who had them. */
function play(sharers: Sharer[], turns: number): Map<string, number> {
  const had = new Map<string, number>();
  for (let turn = 0; turn < turns; turn++) {
    const chosen = choose(sharers, now);
    if (!chosen) break;
    had.set(chosen.id, (had.get(chosen.id) ?? 0) + 1);
    sharers.splice(sharers.indexOf(chosen), 1, { ...chosen, virtualTime: after(chosen) });
  }
  return had;
}

test('a hundred campaigns share a profile by their weights, to within one turn', () => {
  const random = seeded(17);
  for (let round = 0; round < 20; round++) {
    const sharers = Array.from({ length: 100 }, (_, n) => sharer(`c${n}`, 1 + Math.floor(random() * 4)));
    const weights = new Map(sharers.map(({ id, weight }) => [id, weight]));
    const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const turns = 100 + Math.floor(random() * 5_000);
    for (const [id, had] of play(sharers, turns)) {
      const share = (turns * (weights.get(id) ?? 0)) / all;
      expect(Math.abs(had - share)).toBeLessThanOrEqual((weights.get(id) ?? 0) + 1);
    }
  }
});

test('one that comes late gets its share from then on: it neither starves nor catches up', () => {
  const sharers = Array.from({ length: 9 }, (_, n) => sharer(`c${n}`, 1));
  play(sharers, 900);
  sharers.push(sharer('late', 1, startsAt(sharers)));
  const had = play(sharers, 1_000);
  expect(had.get('late')).toBeGreaterThanOrEqual(99);
  expect(had.get('late')).toBeLessThanOrEqual(101);
});

test('who is not due has no turn, and of two with the same share the one that waits longer goes first', () => {
  const later = { ...sharer('later', 1), dueAt: new Date(now.getTime() + 1) };
  expect(choose([later, { ...sharer('never', 1), dueAt: null }], now)).toBeUndefined();
  const early = { ...sharer('early', 1), dueAt: new Date(now.getTime() - 1) };
  expect(choose([sharer('b', 1), early, later], now)?.id).toBe('early');
});
