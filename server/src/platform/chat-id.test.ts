import { expect, test } from 'vitest';
import {
  chatKind,
  chatOfAddress,
  lidOf,
  localPart,
  parseChatId,
  phoneOf,
  storedChat,
  tryParseChatId,
} from './chat-id.ts';
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
  ['+44 07911 123456', '447911123456@c.us'],
  ['4407911123456', '447911123456@c.us'],
  ['0044 07911 123456', '447911123456@c.us'],
  ['4407911123456@c.us', '447911123456@c.us'],
  ['+54 0341 15 555-1234', '5493415551234@c.us'],
  ['54 9 341 555-1234', '5493415551234@c.us'],
  ['+39 06 1234 5678', '390612345678@c.us'],
  ['+39 (0)6 1234 5678', '390612345678@c.us'],
  ['+62 0812 3456 789', '628123456789@c.us'],
  ['+36 06 20 123 4567', '36201234567@c.us'],
  ['+49 171/1234567', '491711234567@c.us'],
  ['5215512345678', '5215512345678@c.us'],
  ['+52 1 55 1234 5678', '5215512345678@c.us'],
  ['525512345678', '525512345678@c.us'],
  ['551187654321', '551187654321@c.us'],
  ['+55 11 98765-4321', '5511987654321@c.us'],
  ['+229 97 12 34 56', '22997123456@c.us'],
  ['628111000111', '628111000111@c.us'],
  ['\u202a+44 7911 123456\u202c', '447911123456@c.us'],
  ['\u200e+44\u200b7911\u2060123456\ufeff', '447911123456@c.us'],
  ['＋４４　７９１１　１２３４５６', '447911123456@c.us'],
  ['+٤٤ ٧٩١١ ١٢٣٤٥٦', '447911123456@c.us'],
  ['+४४ ७९११ १२३४५६', '447911123456@c.us'],
  ['+44\u20117911\u2212123456', '447911123456@c.us'],
  ['tel:+44-7911-123456', '447911123456@c.us'],
  ['TEL:+44(0)7911123456;ext=12', '447911123456@c.us'],
  ['tel:07911-123456;phone-context=+44', '447911123456@c.us'],
  ['tel:0812-3456-789;phone-context=example.org', '628123456789@c.us'],
  ['447911123456@C.US', '447911123456@c.us'],
  ['447911123456@S.WhatsApp.Net', '447911123456@c.us'],
  ['٤٤٧٩١١١٢٣٤٥٦@c.us\u200f', '447911123456@c.us'],
  ['120363021234567890@G.US', '120363021234567890@g.us'],
])('%j is understood as %s', (written, chat) => {
  expect(parseChatId(written, 'ID')).toBe(chat);
});

test.each([
  ['0171 1234567', 'DE', '491711234567@c.us'],
  ['0171 1234567', 'de', '491711234567@c.us'],
  ['06 12 34 56 78', 'FR', '33612345678@c.us'],
  ['0812 3456 789', 'ID', '628123456789@c.us'],
  ['0341 15 555-1234', 'AR', '5493415551234@c.us'],
  ['011 44 7911 123456', 'US', '447911123456@c.us'],
  ['0011 44 7911 123456', 'AU', '447911123456@c.us'],
  ['\u202d٠٧٩١١ ١٢٣٤٥٦\u202c', 'GB', '447911123456@c.us'],
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
  '1234567',
  '+44 7911 12345678',
  '+999 123 456 789',
  '+447911',
  '0044 0000',
  '08',
  'tel:',
  'tel:Ana',
  '+44 7911 +123456',
  '447911123456 @c.us',
  'é@c.us',
])('%j is refused with a sentence that shows how to write it', (written) => {
  expect(tryParseChatId(written, 'ID')).toBeUndefined();
  expect(() => parseChatId(written, 'ID')).toThrow(Failure);
  expect(() => parseChatId(written, 'ID')).toThrow(/Write a phone number with country code/);
});

test('the digits of every script count as digits', () => {
  for (const numberingSystem of Intl.supportedValuesOf('numberingSystem')) {
    const written = new Intl.NumberFormat('en', { numberingSystem, useGrouping: false }).format(628123456790);
    if (/^\p{Nd}+$/u.test(written))
      expect([numberingSystem, parseChatId(written, 'ID')]).toEqual([numberingSystem, '628123456790@c.us']);
  }
});

test.each([
  ['4407911123456@s.whatsapp.net', '4407911123456@c.us'],
  ['5215512345678:7@s.whatsapp.net', '5215512345678@c.us'],
  ['628123456789', undefined],
  ['+628123456789@c.us', undefined],
])('an address of the wire is never read as a number: %s', (address, chat) => {
  expect(chatOfAddress(address)).toBe(chat);
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
