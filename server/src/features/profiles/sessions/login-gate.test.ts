import { expect, test } from 'vitest';
import { until } from '../../../../test/until.ts';
import { createLoginGate } from './login-gate.ts';

test('so many logins are under way at once and no more; the others follow in their order', async () => {
  const gate = createLoginGate({ atOnce: 3, slowMs: 60_000 });
  const inside: { n: number; leave: () => void }[] = [];
  const order: number[] = [];
  const all = Array.from({ length: 12 }, async (_, n) => {
    const leave = await gate.enter();
    order.push(n);
    inside.push({ n, leave });
    expect(inside.length).toBeLessThanOrEqual(3);
  });
  for (let n = 0; n < 12; n++) {
    await until('somebody is inside', () => inside.length > 0);
    const first = inside.shift();
    first?.leave();
    first?.leave();
  }
  await Promise.all(all);
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n));
  expect(Math.max(...order.map((n, place) => Math.abs(n - place)))).toBeLessThan(3);
});

test('a login that waits for the network keeps its place for a moment only', async () => {
  const gate = createLoginGate({ atOnce: 1, slowMs: 20 });
  await gate.enter();
  const next = await gate.enter();
  next();
});

test('once it ends nobody waits any more', async () => {
  const gate = createLoginGate({ atOnce: 1, slowMs: 60_000 });
  await gate.enter();
  const waiting = [gate.enter(), gate.enter()];
  gate.end();
  await Promise.all(waiting);
});
