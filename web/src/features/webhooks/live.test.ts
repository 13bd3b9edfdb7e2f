import { expect, test } from 'vitest';
import { switchedOff, withActivity } from './live.ts';

const stats = {
  webhookId: 'w',
  since: '2026-02-05T10:00:00.000Z',
  enabled: true,
  failingSince: null,
  pending: 0,
  oldestPendingAt: null,
  attempts: 0,
  succeeded: 0,
  failed: 0,
  successRate: null,
  p50Ms: null,
  p95Ms: null,
  answers: [],
};

test('the figures grow by what was delivered and what failed', () => {
  const later = withActivity(withActivity(stats, { delivered: 3, failed: 0 }), { delivered: 0, failed: 1 });
  expect(later).toMatchObject({ attempts: 4, succeeded: 3, failed: 1, successRate: 0.75 });
});

test('nothing delivered has no rate of success', () => {
  expect(withActivity(stats, { delivered: 0, failed: 0 }).successRate).toBeNull();
});

test('only the webhook that was switched off says why', () => {
  const list = [
    { id: 'w', enabled: true },
    { id: 'v', enabled: true },
  ];
  expect(list.map((one) => switchedOff(one, 'w', 'gone'))).toEqual([
    { id: 'w', enabled: false, isActive: false, disabledReason: 'gone' },
    { id: 'v', enabled: true },
  ]);
});
