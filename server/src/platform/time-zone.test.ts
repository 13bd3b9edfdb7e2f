import { expect, test } from 'vitest';
import { isTimeZone, momentIn } from './time-zone.ts';

test.each([
  ['with Z', '2026-12-01T09:00:00Z', undefined, '2026-12-01T09:00:00.000Z'],
  [
    'with an offset, which counts before the zone',
    '2026-12-01T09:00+07:00',
    'Europe/Berlin',
    '2026-12-01T02:00:00.000Z',
  ],
  ['in Jakarta', '2026-12-01T09:00', 'Asia/Jakarta', '2026-12-01T02:00:00.000Z'],
  ['in Kathmandu', '2026-12-01 09:00:30.5', 'Asia/Kathmandu', '2026-12-01T03:15:30.500Z'],
  ['in summer', '2026-07-01T09:00', 'America/New_York', '2026-07-01T13:00:00.000Z'],
  ['in winter', '2026-12-01T09:00', 'America/New_York', '2026-12-01T14:00:00.000Z'],
  ['skipped by the clocks', '2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['shown twice by the clocks', '2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['just before the clocks change', '2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00.000Z'],
  ['just behind the change', '2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
])('a moment is understood %s', (_, text, zone, utc) => {
  expect(momentIn(text, zone)?.toISOString()).toBe(utc);
});

test.each([
  ['2026-12-01T09:00', undefined],
  ['2026-02-30T09:00', 'Asia/Jakarta'],
  ['2026-13-01T09:00', 'Asia/Jakarta'],
  ['2026-00-01T09:00', 'Asia/Jakarta'],
  ['2026-02-30T09:00:00Z', undefined],
  ['2027-02-29T09:00:00+07:00', undefined],
  ['2026-12-01T24:30', 'Asia/Jakarta'],
  ['2026-12-01T09:00', 'Asia/Nowhere'],
  ['2026-12-01', 'Asia/Jakarta'],
  ['tomorrow', 'Asia/Jakarta'],
  ['2026-99-01T09:00Z', undefined],
  ['', 'Asia/Jakarta'],
])('%s (%s) is no moment', (text, zone) => {
  expect(momentIn(text, zone)).toBeUndefined();
});

test('names of zones are known, offsets and inventions are none', () => {
  expect(['Asia/Jakarta', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'].every(isTimeZone)).toBe(true);
  expect(['+07:00', 'Asia/Nowhere', '', 'a'.repeat(100), 'constructor'].some(isTimeZone)).toBe(false);
});
