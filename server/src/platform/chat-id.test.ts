import { expect, test } from 'vitest';
import { chatKind, lidOf, localPart, parseChatId, phoneOf, storedChat, tryParseChatId } from './chat-id.ts';
import { Failure } from './failures.ts';

test.each([
  ['628123456789', '628123456789@c.us'],
  ['+62 812-3456-789', '628123456789@c.us'],
  ['  62.812.3456.789 ', '628123456789@c.us'],
  ['0062 812 3456 789', '628123456789@c.us'],
  ['08123456789', '628123456789@c.us'],
  ['(0812) 345-6789', '628123456789@c.us'],
  ['+49 (0) 171 1234567', '491711234567@c.us'],
  ['0049 (0)171 1234567', '491711234567@c.us'],
  ['628123456789@c.us', '628123456789@c.us'],
  ['+628123456789@c.us', '628123456789@c.us'],
  ['628123456789@s.whatsapp.net', '628123456789@c.us'],
  ['628123456789:12@s.whatsapp.net', '628123456789@c.us'],
  ['123456789012345@lid', '123456789012345@lid'],
  ['123456789012345:3@lid', '123456789012345@lid'],
  ['120363021234567890@g.us', '120363021234567890@g.us'],
  ['628123456789-1399999999@g.us', '628123456789-1399999999@g.us'],
  ['120363021234567890@newsletter', '120363021234567890@newsletter'],
  ['status@broadcast', 'status@broadcast'],
])('%j is understood as %s', (written, chat) => {
  expect(parseChatId(written, 'ID')).toBe(chat);
});

test.each([
  ['0171 1234567', 'DE', '491711234567@c.us'],
  ['0171 1234567', 'de', '491711234567@c.us'],
  ['06 12 34 56 78', 'FR', '33612345678@c.us'],
  ['0812 3456 789', 'ID', '628123456789@c.us'],
])('the local number %j in %s is %s', (written, country, chat) => {
  expect(parseChatId(written, country)).toBe(chat);
});

test.each([
  '',
  ' ',
  'Ana',
  '12345',
  '------',
  '+',
  '1234567890123456',
  '0812@c.us',
  'abc@c.us',
  '628123456789@C.us.example',
  '628123456789@example.org',
  '628123456789@',
  '@c.us',
  '628123456789@c.us@c.us',
  '628123456789@constructor',
  '628123456789@toString',
  '628123456789@__proto__',
  'me@broadcast',
  '628123456789\n628123456780',
  '９９９９９９９９',
])('%j is refused with a sentence that shows how to write it', (written) => {
  expect(tryParseChatId(written, 'ID')).toBeUndefined();
  expect(() => parseChatId(written, 'ID')).toThrow(Failure);
  expect(() => parseChatId(written, 'ID')).toThrow(/Write a phone number with country code/);
});

test('a refusal repeats at most the beginning of a long text', () => {
  expect(() => parseChatId('x'.repeat(10_000), 'ID')).toThrow(/^.{0,400}$/);
});

test.each([
  ['628123456789@c.us', 'user', '628123456789', undefined],
  ['123456789012345@lid', 'user', undefined, '123456789012345'],
  ['120363021234567890@g.us', 'group', undefined, undefined],
  ['120363021234567890@newsletter', 'newsletter', undefined, undefined],
  ['12345@broadcast', 'broadcast', undefined, undefined],
  ['status@broadcast', 'status', undefined, undefined],
] as const)('%s is a %s', (text, kind, phone, lid) => {
  const chat = storedChat(text);
  expect([chatKind(chat), phoneOf(chat), lidOf(chat)]).toEqual([kind, phone, lid]);
  expect(localPart(chat)).toBe(text.split('@')[0]);
});
