import { expect, test } from 'vitest';
import type { Arrival } from '../match/facts.ts';
import type { Program, Settings } from '../program/program.ts';
import { fitsChat } from './interpret.ts';

test('in groups flows start if told so, and what minds mentions only when it is mentioned', () => {
  const arrival: Arrival = {
    ...{ messageId: 'm', waMessageId: 'w', conversationId: 'c', senderJid: null, senderName: null, text: '' },
    ...{ type: 'text', hasMedia: false, isGroup: true, timestamp: '' },
  };
  const fits = (kind: Program['kind'], settings: Settings, more: Partial<Arrival> = {}) =>
    fitsChat(
      { kind, settings, triggers: [], conditions: [], nodes: {}, stops: false },
      { ...arrival, ...more },
    );
  expect([fits('rule', {}), fits('flow', {}), fits('flow', { groups: true })]).toEqual([true, false, true]);
  expect(fits('flow', {}, { isGroup: false })).toBe(true);
  const minds = { onlyMentioned: true };
  expect([fits('rule', minds), fits('rule', minds, { mentionsUs: true })]).toEqual([false, true]);
  expect(fits('rule', minds, { isGroup: false })).toBe(true);
});
