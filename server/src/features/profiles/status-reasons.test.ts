import { expect, test } from 'vitest';
import { codesOfReasons, verdictOn } from './connection-table.ts';
import { connectionUpdate } from './profiles.events.ts';
import { pausedReason, statusReasonOf, wrongPhoneReason } from './status-reasons.ts';

test('each sentence of an ended connection has a code of its own', () => {
  const codes = codesOfReasons();
  expect(new Set(codes.values()).size).toBe(codes.size);
  for (const [sentence, code] of codes) expect(statusReasonOf(sentence)).toEqual({ code, params: {} });
  for (const tries of [0, 4, 50]) {
    const { reason } = verdictOn({ is: 'ended', cause: 'not-linkable' } as never, tries, 0);
    expect(statusReasonOf(reason)?.code).toMatch(/^NOT_LINKABLE/);
  }
  const banned = verdictOn({ is: 'ended', cause: 'banned', retryAfterMs: 60_000 } as never, 0, 0);
  expect(statusReasonOf(banned.reason)?.code).toBe('BANNED_FOR_A_WHILE');
});

test('what a sentence names is told beside its code, and a sentence nobody knows is OTHER', () => {
  const until = new Date('2026-02-05T10:00:00.000Z');
  expect(statusReasonOf(pausedReason(until))).toEqual({
    code: 'SENDING_PAUSED',
    params: { until: '2026-02-05T10:00:00.000Z' },
  });
  expect(statusReasonOf(wrongPhoneReason('628111', '628222'))).toEqual({
    code: 'WRONG_PHONE',
    params: { expected: '628111', paired: '628222' },
  });
  expect(statusReasonOf('Something of an older version.')).toEqual({ code: 'OTHER', params: {} });
  expect(statusReasonOf(null)).toBeNull();
});

test('a change of status tells its reason by code as well, and none without one', async () => {
  const body = { profileId: 'x', status: 'disconnected', reason: 'Disconnected.' };
  const data = (change: object) => connectionUpdate.wire({ body: { ...body, ...change } } as never);
  expect(await data({})).toEqual({ ...body, reasonCode: 'CLOSED', reasonParams: {} });
  expect(await data({ reason: null })).toMatchObject({ reason: null, reasonCode: null, reasonParams: {} });
});
