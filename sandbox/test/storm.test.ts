import { expect, test } from 'vitest';
import { storm } from './storm.ts';

const order = { messages: 200, sockets: 4, seed: 7, patienceMs: 120_000 };

test('in a storm of direct, LID and group messages nothing is lost and nothing comes twice', async () => {
  const report = await storm(order);
  expect(report).toMatchObject({ sent: 200, lost: [], doubled: [], givenUp: [] });
  expect(Math.min(report.direct, report.byLid, report.toGroup)).toBeGreaterThan(30);
  expect(report.retries.resent).toBeLessThanOrEqual(report.retries.asked);
});

test('when clients lose no step of their sessions, nobody has a reason to ask for anything again', async () => {
  const report = await storm({ ...order, messages: 100, sound: true, devicesKnownMs: 2_000 });
  expect(report).toMatchObject({
    sent: 100,
    lost: [],
    doubled: [],
    givenUp: [],
    retries: { asked: 0, resent: 0 },
  });
});
