import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOpen, openingIn } from './hours.ts';
import { type Campaign, judge, type Recipient, type Sender, type Verdict } from './judge.ts';
import { zonesOfNumber } from './number-zones.ts';
import { campaignRules, coldLimitOn, type SendingRules } from './rules.ts';
import { troubleIn } from './trouble.ts';

const now = new Date('2026-02-05T10:00:00Z');
const midnight = new Date('2026-02-05T17:00:00Z');
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const ahead = (hours: number) => ago(-hours);

const person: Recipient = {
  ...{ kind: 'user', isSelf: false, isBlocked: false, optedOut: null, hasConsent: false },
  ...{ isOnWhatsApp: undefined, zones: ['Asia/Jakarta'], marketingToday: 0, marketingThisWeek: 0 },
  ...{ sameTextAt: null, wroteAt: null, isCountedCold: false },
};
const sender: Sender = {
  ...{ zone: 'Asia/Jakarta', today: '2026-02-05', midnight, stopped: null, dailyLimit: null, sentToday: 0 },
  ...{ coldToday: 0, lock: null, chatCap: null, trouble: null },
};
const campaign = (rules: Partial<SendingRules> = {}, category: string | null = 'marketing'): Campaign => ({
  category,
  rules: { ...campaignRules, ...rules },
});
const trouble = {
  what: 'refused',
  count: 10,
  of: 50,
  says: 'Of the last 50 messages 10 were refused.',
} as const;
const hours = { from: '08:00', to: '21:00' };

test('each rule leads to its verdict, and is off where it is not set', () => {
  const send = (lane: 'service' | 'cold' = 'cold'): Verdict => ({ is: 'send', lane });
  const skip = (code: string) => ({ is: 'skip', code });
  const defer = (code: string, until = midnight) => ({ is: 'defer', code, until });
  const warmUp = { startedOn: '2026-02-04', startPerDay: 10, rampDays: 10, growth: 'doubling' } as const;
  const rows: [Partial<Recipient>, Campaign, Partial<Sender>, object][] = [
    [{}, campaign(), {}, send()],
    [{ wroteAt: ago(23) }, campaign(), {}, send('service')],
    [{ wroteAt: ago(24) }, campaign(), {}, send('cold')],
    [{ isSelf: true }, campaign(), {}, skip('OWN_NUMBER')],
    [{ isBlocked: true }, campaign(), {}, skip('BLOCKED')],
    [{ kind: 'group' }, campaign(), {}, skip('GROUP_NOT_ASKED_FOR')],
    [{ kind: 'group' }, campaign({ groups: true, consent: true }), {}, send('service')],
    [{ optedOut: 'marketing' }, campaign(), {}, skip('OPTED_OUT')],
    [{ optedOut: 'marketing' }, campaign({ optOuts: false }), {}, send()],
    [{ optedOut: 'marketing' }, campaign({}, 'utility'), {}, send()],
    [{ optedOut: 'all' }, campaign({ optOuts: false }, 'utility'), {}, skip('OPTED_OUT')],
    [{}, campaign({ consent: true }), {}, skip('NO_CONSENT')],
    [{ hasConsent: true }, campaign({ consent: true }), {}, send()],
    [{ isOnWhatsApp: false }, campaign(), {}, skip('NOT_ON_WHATSAPP')],
    [{ isOnWhatsApp: false }, campaign({ numberCheck: false }), {}, send()],
    [{ sameTextAt: ago(5) }, campaign({ sameTextHours: 6 }), {}, skip('DUPLICATE')],
    [{ sameTextAt: ago(7) }, campaign({ sameTextHours: 6 }), {}, send()],
    [{ marketingToday: 1 }, campaign({ marketingPerDay: 1 }), {}, defer('FREQUENCY_CAP')],
    [{ marketingToday: 1 }, campaign({ marketingPerDay: 1, overCap: 'skip' }), {}, skip('FREQUENCY_CAP')],
    [{ marketingThisWeek: 3 }, campaign({ marketingPerWeek: 3 }), {}, defer('FREQUENCY_CAP')],
    [{ marketingThisWeek: 3 }, campaign({ marketingPerWeek: 3 }, 'utility'), {}, send()],
    [{}, campaign(), { dailyLimit: 5, sentToday: 5 }, defer('DAILY_LIMIT')],
    [{}, campaign({ coldDailyLimit: 5 }), { coldToday: 5 }, defer('COLD_LIMIT')],
    [{ isCountedCold: true }, campaign({ coldDailyLimit: 5 }), { coldToday: 5 }, send()],
    [{ wroteAt: ago(1) }, campaign({ coldDailyLimit: 5 }), { coldToday: 5 }, send('service')],
    [{}, campaign({ warmUp }), { coldToday: 19 }, send()],
    [{}, campaign({ warmUp }), { coldToday: 20 }, defer('WARMUP')],
    [{}, campaign(), { chatCap: { total: 9, used: 9, at: ago(1) } }, defer('NEW_CHATS_CAPPED', ahead(23))],
    [{ wroteAt: ago(1) }, campaign(), { chatCap: { total: 9, used: 9, at: ago(1) } }, send('service')],
    [{}, campaign(), { chatCap: { total: 9, used: 8, at: ago(1) } }, send()],
    [{ zones: ['Asia/Tokyo'] }, campaign({ hours }), {}, send()],
    [{ zones: ['America/New_York'] }, campaign({ hours }), {}, defer('QUIET_HOURS', ahead(3))],
    [{ zones: [] }, campaign({ hours }), {}, send()],
    [{ zones: ['Asia/Tokyo', 'Europe/London'] }, campaign({ hours }), {}, send()],
    // Over the cap until midnight in Jakarta, when it is too early there.
    [{ marketingToday: 1 }, campaign({ hours, marketingPerDay: 1 }), {}, defer('FREQUENCY_CAP', ahead(15))],
  ];
  for (const [about, of, by, verdict] of rows) {
    expect(
      judge({ ...person, ...about }, of, { ...sender, ...by }, now),
      JSON.stringify([about, of, by]),
    ).toEqual(verdict);
  }
});

test('what keeps the whole profile pauses the campaign, and says why with the numbers', () => {
  const verdict = (by: Partial<Sender>, of = campaign()) => judge(person, of, { ...sender, ...by }, now);
  expect(verdict({ lock: { until: ahead(2), why: 'BIZ' } })).toEqual({
    ...{ is: 'pause', code: 'ACCOUNT_LOCKED', until: ahead(2) },
    says: 'WhatsApp lets this account write to nobody new until 2026-02-05T12:00:00.000Z (BIZ).',
  });
  expect(verdict({ lock: { until: null, why: null } })).toMatchObject({
    is: 'pause',
    code: 'ACCOUNT_LOCKED',
  });
  expect(verdict({ lock: { until: ago(1), why: null } })).toEqual({ is: 'send', lane: 'cold' });
  expect(verdict({ trouble })).toEqual({ is: 'pause', code: 'TROUBLE_RATE', says: trouble.says });
  expect(verdict({ trouble }, campaign({ trouble: false }))).toEqual({ is: 'send', lane: 'cold' });
  expect(verdict({ stopped: 'Logged out.' })).toEqual({
    is: 'pause',
    code: 'PROFILE_STOPPED',
    says: 'Logged out.',
  });
});

test('trouble needs twenty messages, and is told with its numbers', () => {
  const fine = { decided: 50, refused: 9, sent: 50, delivered: 20, optedOut: 1 };
  expect(troubleIn(fine)).toBeUndefined();
  expect(troubleIn({ ...fine, refused: 10 })).toMatchObject({ what: 'refused', count: 10, of: 50 });
  expect(troubleIn({ ...fine, delivered: 19 })).toMatchObject({
    ...{ what: 'undelivered', count: 31 },
    says: 'Of the last 50 messages 31 were not delivered.',
  });
  expect(troubleIn({ ...fine, optedOut: 2 })).toMatchObject({ what: 'opted-out', count: 2 });
  expect(troubleIn({ decided: 19, refused: 19, sent: 19, delivered: 0, optedOut: 19 })).toBeUndefined();
});

test('a warm-up grows to the limit in its days, and ends', () => {
  const on = (day: string, growth: 'linear' | 'doubling', cold: number | null = 100) =>
    coldLimitOn(
      day,
      {
        coldDailyLimit: cold,
        warmUp: { startedOn: '2026-02-01', startPerDay: 20, rampDays: 8, growth },
      },
      null,
    );
  expect(on('2026-02-01', 'linear')).toEqual({ limit: 20, isWarmUp: true });
  expect(on('2026-02-05', 'linear')).toEqual({ limit: 60, isWarmUp: true });
  expect(on('2026-02-03', 'doubling')).toEqual({ limit: 80, isWarmUp: true });
  expect(on('2026-02-05', 'doubling')).toEqual({ limit: 100, isWarmUp: false });
  expect(on('2026-02-09', 'linear', null)).toEqual({ limit: null, isWarmUp: false });
  expect(on('2026-01-30', 'linear')).toEqual({ limit: 20, isWarmUp: true });
});

test('a number is in the zones of its longest known prefix', () => {
  expect(zonesOfNumber('5592991234567')).toEqual(['America/Manaus']);
  expect(zonesOfNumber('13105551234')).toEqual(['America/Los_Angeles']);
  expect(zonesOfNumber('620000000000')).toEqual(['Asia/Jakarta', 'Asia/Jayapura', 'Asia/Makassar']);
  expect(zonesOfNumber('18005551234').length).toBeGreaterThan(30);
  expect(zonesOfNumber('999')).toEqual([]);
  // From Newfoundland to Guam all are awake at 22:00 UTC; in the early morning never, and the organisation's clocks decide.
  const anywhere = zonesOfNumber('18005551234');
  expect(openingIn(anywhere, hours, now, 'Europe/Berlin')).toEqual(ahead(12));
  expect(openingIn(anywhere, { from: '08:00', to: '10:00' }, now, 'Europe/Berlin')).toEqual(ahead(21));
});

const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const anyTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
/** Round about the days on which clocks are put forward or back somewhere. */
const anyMoment = fc
  .tuple(
    fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'),
    fc.integer({ min: -2 * 86_400_000, max: 2 * 86_400_000 }),
  )
  .map(([day, ms]) => new Date(Date.parse(day) + ms));

test('property: nothing goes out outside the hours, in any zone, when clocks change', () => {
  fc.assert(
    fc.property(anyZone, anyTime, anyTime, anyMoment, (zone, from, to, at) => {
      const rules = { hours: { from, to } };
      const verdict = judge({ ...person, zones: [zone] }, campaign(rules), sender, at);
      if (verdict.is === 'send') expect(isOpen(zone, rules.hours, at)).toBe(true);
      else {
        const until = verdict.is === 'defer' ? verdict.until : at;
        expect(until.getTime()).toBeGreaterThan(at.getTime());
        expect(isOpen(zone, rules.hours, until)).toBe(true);
      }
    }),
    { numRuns: 400 },
  );
});

test('property: nobody who opted out, is blocked or over a cap is ever sent anything', () => {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value);
  const count = fc.integer({ min: 0, max: 5 });
  const anyRecipient = fc.record({
    ...{ kind: fc.constantFrom('user', 'group'), isSelf: fc.boolean(), isBlocked: fc.boolean() },
    ...{ optedOut: fc.constantFrom(null, 'marketing', 'all'), hasConsent: fc.boolean() },
    ...{ isOnWhatsApp: fc.constantFrom(undefined, true, false), zones: fc.array(anyZone, { maxLength: 3 }) },
    ...{ marketingToday: count, marketingThisWeek: count, isCountedCold: fc.boolean() },
    ...{ sameTextAt: maybe(fc.constant(ago(2))), wroteAt: maybe(fc.constantFrom(ago(1), ago(30))) },
  }) as fc.Arbitrary<Recipient>;
  const anyRules = fc.record({
    ...{ optOuts: fc.boolean(), consent: fc.boolean(), groups: fc.boolean(), numberCheck: fc.boolean() },
    ...{ hours: maybe(fc.record({ from: anyTime, to: anyTime })), marketingPerDay: maybe(count) },
    ...{
      marketingPerWeek: maybe(count),
      overCap: fc.constantFrom('defer', 'skip'),
      sameTextHours: maybe(count),
    },
    ...{ serviceWindowHours: fc.constant(24), coldDailyLimit: maybe(count), warmUp: fc.constant(null) },
    trouble: fc.boolean(),
  }) as fc.Arbitrary<SendingRules>;
  const anySender = fc.record({ dailyLimit: maybe(count), sentToday: count, coldToday: count });
  const category = fc.constantFrom('marketing', 'utility', null);
  fc.assert(
    fc.property(anyRecipient, anyRules, category, anySender, (about, rules, kind, by) => {
      const verdict = judge(about, { category: kind, rules }, { ...sender, ...by }, now);
      if (verdict.is === 'defer') expect(verdict.until.getTime()).toBeGreaterThan(now.getTime());
      if (verdict.is !== 'send') return;
      const isMarketing = kind === 'marketing';
      expect([about.isBlocked, about.isSelf, about.optedOut === 'all']).toEqual([false, false, false]);
      expect(isMarketing && rules.optOuts && about.optedOut !== null).toBe(false);
      expect(by.dailyLimit !== null && by.sentToday >= by.dailyLimit).toBe(false);
      const isNewStranger = verdict.lane === 'cold' && !about.isCountedCold;
      expect(isNewStranger && rules.coldDailyLimit !== null && by.coldToday >= rules.coldDailyLimit).toBe(
        false,
      );
      const isPerson = isMarketing && about.kind === 'user';
      expect(
        isPerson && rules.marketingPerDay !== null && about.marketingToday >= rules.marketingPerDay,
      ).toBe(false);
    }),
    { numRuns: 500 },
  );
});
