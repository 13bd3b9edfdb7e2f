import { expect, test } from 'vitest';
import { statusesOfMixed } from './statuses-rig.ts';

test('the statuses of messages of all kinds are those that the network and the phones have', async () => {
  const report = await statusesOfMixed(70);
  expect(report).toMatchObject({ messages: 70, otherThanOnPhones: 0, failedWithoutReason: 0 });
  expect(Math.min(report.sent, report.delivered, report.read, report.failed)).toBeGreaterThan(5);
});
