import { expect, test } from 'vitest';
import { storm } from './storm.ts';

test('in a storm of direct, LID and group messages nothing is lost and nothing comes twice', async () => {
  const report = await storm({ messages: 300, sockets: 8, seed: 7, patienceMs: 120_000 });
  expect(report).toMatchObject({ sent: 300, lost: [], doubled: [] });
  expect(Math.min(report.direct, report.byLid, report.toGroup)).toBeGreaterThan(50);
  expect(report.retries.resent).toBeLessThanOrEqual(report.retries.asked);
}, 180_000);
