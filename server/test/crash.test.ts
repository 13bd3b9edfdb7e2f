import { expect, test } from 'vitest';
import { crashUnderTraffic } from './crash-rig.ts';

test('kill -9 under traffic loses and doubles no message and no event', async () => {
  const report = await crashUnderTraffic({ kills: 1, seed: 7, customers: 3 });
  expect(report).toMatchObject({
    lost: 0,
    underTwoIds: 0,
    shownTwice: 0,
    conversationsSplit: 0,
    inboundLost: 0,
    inboundDoubled: 0,
    eventsLost: 0,
  });
  // Only an attempt whose answer the kill cut off may be made again.
  expect(report.eventsRepeated).toBeLessThanOrEqual(report.kills * 4);
  expect(report.accepted).toBeGreaterThan(10);
  expect(report.inboundSent).toBeGreaterThan(3);
  expect(report.dialledOtherwise).toBeGreaterThan(0);
}, 300_000);
