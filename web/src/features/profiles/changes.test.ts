import type { GatewayEvent, Profile, ProfileCounts } from '@multiwa/sdk';
import { expect, test } from 'vitest';
import { changeOf, type ProfilePages, withMoved, withProfile } from './changes.ts';

const before = {
  id: 'one',
  status: 'connected',
  statusReason: null,
  statusReasonCode: null,
  statusSince: '2026-02-05T10:00:00.000Z',
  retryAt: '2026-02-05T10:01:00.000Z',
  sendingPaused: true,
} as unknown as Profile;
const event = (data: object) =>
  ({
    event: 'connection.update',
    timestamp: '2026-02-05T11:00:00.000Z',
    data: { profileId: 'one', reason: null, reasonCode: null, reasonParams: {}, ...data },
  }) as unknown as GatewayEvent<'connection.update'>;

test('a change of status says why and since when; what it does not name stays as it is', () => {
  const change = changeOf(
    event({ status: 'reconnecting', reason: 'Lost.', reasonCode: 'CONNECTION_LOST' }),
    before,
  );
  expect({ ...before, ...change }).toMatchObject({
    status: 'reconnecting',
    statusReasonCode: 'CONNECTION_LOST',
    statusSince: '2026-02-05T11:00:00.000Z',
    retryAt: null,
    sendingPaused: true,
  });
});

test('pausing what is sent is no change of status, and keeps since when it is in it', () => {
  const change = changeOf(event({ status: 'connected', sendingPaused: false }), before);
  expect({ ...before, ...change }).toMatchObject({
    sendingPaused: false,
    statusSince: before.statusSince,
    retryAt: before.retryAt,
  });
});

test('of all pages only the one with the profile changes, and none without it', () => {
  const other = { ...before, id: 'two' };
  const pages: ProfilePages = {
    pages: [
      { profiles: [other], next: 'x' },
      { profiles: [before], next: undefined },
    ],
    pageParams: [undefined, 'x'],
  };
  const after = withProfile(pages, 'one', () => ({ status: 'failed' }));
  expect(after.pages[0]).toBe(pages.pages[0]);
  expect(after.pages[1]?.profiles[0]?.status).toBe('failed');
  expect(withProfile(pages, 'three', () => ({ status: 'failed' }))).toBe(pages);
});

test('a profile in another state is counted there, and none is counted below zero', () => {
  const counts = { total: 2, byStatus: { connected: 1 } } as unknown as ProfileCounts;
  expect(withMoved(counts, 'connected', 'failed').byStatus).toEqual({ connected: 0, failed: 1 });
  expect(withMoved(counts, 'qr', 'connected').byStatus).toEqual({ connected: 2, qr: 0 });
  expect(withMoved(counts, 'qr', 'qr')).toBe(counts);
});
