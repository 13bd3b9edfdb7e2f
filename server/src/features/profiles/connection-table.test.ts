import { expect, test } from 'vitest';
import type { Cause } from '../../engines/port.ts';
import { verdictOn } from './connection-table.ts';
import { createTries } from './sessions/tries.ts';

const ended = (cause: Cause, retryAfterMs?: number) => ({
  is: 'ended' as const,
  cause,
  reason: '',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

test.each([
  ['logged-out', 'logged_out', true],
  ['banned', 'failed', false],
  ['outdated', 'failed', false],
  ['scan-expired', 'disconnected', false],
  ['closed', 'disconnected', false],
] as const)('after %s nothing connects again by itself', (cause, status, forget) => {
  expect(verdictOn(ended(cause), 0, 0.5)).toMatchObject({ status, retryInMs: null, forget });
});

test('a restart that WhatsApp asks for happens at once', () => {
  expect(verdictOn(ended('restart-asked'), 0, 0.5).retryInMs).toBe(0);
});

test('a second login is answered by at most five slower reconnects, then a stop with advice', () => {
  const waits = [0, 1, 2, 3, 4].map((tries) => verdictOn(ended('replaced'), tries, 0.5).retryInMs ?? -1);
  expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 120_000]);
  expect(verdictOn(ended('replaced'), 5, 0.5)).toMatchObject({ status: 'failed', retryInMs: null });
});

test('a lost connection is tried for ever, at growing and spread distances of at most 75 s', () => {
  for (let tries = 0; tries < 200; tries++) {
    const { retryInMs } = verdictOn(ended('connection-lost'), tries, 1);
    expect(retryInMs).toBeGreaterThan(0);
    expect(retryInMs).toBeLessThanOrEqual(75_000);
  }
  expect(verdictOn(ended('connection-lost'), 3, 0).retryInMs).not.toBe(
    verdictOn(ended('connection-lost'), 3, 1).retryInMs,
  );
});

test('no wait is shorter than the server asked for', () => {
  expect(verdictOn(ended('unavailable', 90_000), 0, 0).retryInMs).toBe(90_000);
});

test('an account that is barred for a while comes back when that is over', () => {
  expect(verdictOn(ended('banned', 1_800_000), 0, 0.5)).toMatchObject({
    status: 'failed',
    retryInMs: 1_800_000,
    reason: expect.stringContaining('for a while'),
  });
});

test.each(['unavailable', 'connection-lost', 'banned'] as const)(
  'a hint of years (%s) never becomes a timer that fires at once',
  (cause) => {
    expect(verdictOn(ended(cause, 1_800_000_000_000), 0, 0.5).retryInMs).toBe(86_400_000);
  },
);

test('tries are counted for each cause, and anew after a connection that held for a minute', () => {
  const tries = createTries();
  expect([0, 1, 2].map(() => tries.ended('connection-lost', 2000))).toEqual([0, 1, 2]);
  expect(tries.ended('stream-broken', 2000)).toBe(0);
  expect(tries.ended('connection-lost', 2000)).toBe(3);
  expect(tries.ended('connection-lost', 61_000)).toBe(0);
  expect(tries.ended('stream-broken', 2000)).toBe(0);
});

test('a login that succeeds ends the count of what prevented logins, and of nothing else', () => {
  const tries = createTries();
  for (const cause of ['session-damaged', 'never-answered', 'replaced'] as const) tries.ended(cause, 0);
  tries.loggedIn();
  expect(tries.ended('session-damaged', 0)).toBe(0);
  expect(tries.ended('never-answered', 0)).toBe(0);
  expect(tries.ended('replaced', 0)).toBe(1);
});

test('what ends connections whose login was taken fails no profile and advises no unlinking', () => {
  const first = verdictOn(ended('stream-broken'), 0, 0.5);
  expect(first).toMatchObject({ status: 'reconnecting', retryInMs: 2000 });
  expect(first.reason).not.toMatch(/log|pair|unlink/i);
  const lasting = verdictOn(ended('stream-broken'), 50, 0.5);
  expect(lasting).toMatchObject({ status: 'reconnecting', retryInMs: 120_000 });
});

test('a login that is refused five times fails the profile, and says how to pair it anew', () => {
  expect(verdictOn(ended('session-damaged'), 4, 0.5).status).toBe('reconnecting');
  expect(verdictOn(ended('session-damaged'), 5, 0.5)).toMatchObject({
    status: 'failed',
    retryInMs: null,
    reason: expect.stringContaining('logout'),
  });
});

test('who does not prove to be WhatsApp is tried again, and nobody is told to unlink a device', () => {
  const verdict = verdictOn(ended('not-whatsapp'), 20, 0.5);
  expect(verdict).toMatchObject({ status: 'reconnecting', retryInMs: 300_000 });
  expect(verdict.reason).toMatch(/proxy/);
});
