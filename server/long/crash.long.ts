import { expect, test } from 'vitest';
import { crashUnderTraffic } from '../test/crash-rig.ts';

test('30 kills at random instants under sends and arrivals lose and double nothing', async () => {
  const report = await crashUnderTraffic({ kills: 30, seed: 20_260_301, customers: 5 });
  const rows = Object.entries(report).map(([what, value]) => `| ${what} | ${value} |`);
  console.log(['', '| crash test | |', '| --- | --- |', ...rows, ''].join('\n'));
  expect(report).toMatchObject({
    lost: 0,
    underTwoIds: 0,
    shownTwice: 0,
    inboundLost: 0,
    inboundDoubled: 0,
    eventsLost: 0,
    // In order, each message is decrypted with the keys of its turn, whenever the process dies.
    askedAgain: 0,
  });
  // Only an attempt whose answer the kill cut off may be made again.
  expect(report.eventsRepeated).toBeLessThanOrEqual(report.kills * 4);
  expect(report.slowestSendingAgainMs).toBeLessThan(5000);
}, 900_000);
