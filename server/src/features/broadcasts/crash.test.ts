import { expect, test } from 'vitest';
import { crashDuringCampaign } from '../../../test/campaign-crash-rig.ts';

test('a campaign that is killed at any instant goes on, and each person is sent it once', async () => {
  const report = await crashDuringCampaign({
    kills: 2,
    recipients: 60,
    seed: 11,
    delayMax: 60,
    livesMs: 900,
  });
  expect(report).toMatchObject({
    ...{ kills: 2, lost: 0, shownTwice: 0, underTwoIds: 0, strangers: 0 },
    stats: { total: 60, sent: 60, delivered: 60, failed: 0, pending: 0 },
  });
}, 300_000);
