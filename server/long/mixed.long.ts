import { expect, test } from 'vitest';
import { crashUnderTraffic } from '../test/crash-rig.ts';
import { statusesOfMixed } from '../test/statuses-rig.ts';

test('30 kills under messages of all kinds lose and double none of them', async () => {
  const report = await crashUnderTraffic({ kills: 30, seed: 20_260_517, customers: 5, isMixed: true });
  const rows = Object.entries(report).map(([what, value]) => `| ${what} | ${value} |`);
  console.log(['', '| kinds in turn under kills | |', '| --- | --- |', ...rows, ''].join('\n'));
  expect(report).toMatchObject({
    lost: 0,
    underTwoIds: 0,
    shownTwice: 0,
    inboundLost: 0,
    inboundDoubled: 0,
    eventsLost: 0,
  });
}, 900_000);

test('the statuses of 1,000 messages of all kinds are those of the phones', async () => {
  const report = await statusesOfMixed(1000);
  const rows = Object.entries(report).map(([what, value]) => `| ${what} | ${value} |`);
  console.log(['', '| statuses of all kinds | |', '| --- | --- |', ...rows, ''].join('\n'));
  expect(report).toMatchObject({ messages: 1000, otherThanOnPhones: 0, failedWithoutReason: 0 });
}, 600_000);
