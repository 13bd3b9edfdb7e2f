import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { Failure } from './failures.ts';

declare const chatIdBrand: unique symbol;

/**
 * A chat or person in our public form: `<digits>@c.us`, `<digits>@lid` while the number is unknown,
 * `<id>@g.us`, `<id>@newsletter`, `<id>@broadcast` or `status@broadcast`. Only this file makes one.
 */
export type ChatId = string & { readonly [chatIdBrand]: true };

export type ChatKind = 'user' | 'group' | 'broadcast' | 'newsletter' | 'status';

/** A map, for the text behind the `@` is a stranger's: `constructor` must not be found in it. */
const domains = new Map<string, { domain: string; local: RegExp }>([
  ['c.us', { domain: 'c.us', local: /^[1-9]\d{5,14}$/ }],
  ['s.whatsapp.net', { domain: 'c.us', local: /^[1-9]\d{5,14}$/ }],
  ['lid', { domain: 'lid', local: /^\d{5,20}$/ }],
  ['g.us', { domain: 'g.us', local: /^\d{5,24}(-\d{5,14})?$/ }],
  ['newsletter', { domain: 'newsletter', local: /^\d{5,24}$/ }],
  ['broadcast', { domain: 'broadcast', local: /^(status|\d{1,24})$/ }],
]);

/**
 * Understands every way a recipient is written: digits with separators, `+…`, local numbers with a leading 0
 * (completed with `defaultCountry`, an ISO 3166 code), and the ids of WhatsApp and of its web clients.
 * @throws Failure INVALID_RECIPIENT naming the value.
 */
export function parseChatId(input: string, defaultCountry: string): ChatId {
  const chat = tryParseChatId(input, defaultCountry);
  if (chat) return chat;
  throw new Failure('INVALID_RECIPIENT', {
    says:
      `Invalid recipient: ${JSON.stringify(input.slice(0, 64))}. Write a phone number with country code ` +
      '(628123456789 or +62 812-3456-789) or a chat id ending in @c.us, @s.whatsapp.net, @lid, @g.us or @newsletter.',
  });
}

/** As {@link parseChatId}, but answers undefined for what it can't understand. */
export function tryParseChatId(input: string, defaultCountry: string): ChatId | undefined {
  const text = input.trim();
  const at = text.indexOf('@');
  if (at < 0) return parsePhone(text, defaultCountry);
  const form = domains.get(text.slice(at + 1));
  // A device suffix (`:12`) names one of a person's devices; the person is meant.
  const local = text
    .slice(0, at)
    .replace(/(:\d{1,3})$/, '')
    .replace(/^\+/, '');
  if (!form?.local.test(local)) return undefined;
  return `${local}@${form.domain}` as ChatId;
}

function parsePhone(text: string, defaultCountry: string): ChatId | undefined {
  if (!/^\+?[\d\s().\-\u00a0\u2010-\u2015/]{6,32}$/.test(text)) return undefined;
  const isInternational = /^(\+|00)/.test(text);
  // `+49 (0) 171 …` is written for callers from abroad and at home alike; abroad the 0 is not dialled.
  let digits = (isInternational ? text.replace(/\(0\)/, '') : text).replace(/\D/g, '');
  if (!text.startsWith('+') && digits.startsWith('00')) digits = digits.slice(2);
  else if (!text.startsWith('+') && digits.startsWith('0')) {
    const parsed = parsePhoneNumberFromString(digits, readCountry(defaultCountry) ?? 'ID');
    if (!parsed?.isPossible()) return undefined;
    digits = parsed.number.slice(1);
  }
  return /^[1-9]\d{6,14}$/.test(digits) ? phoneChat(digits) : undefined;
}

/** A country (ISO 3166, either case) whose numbers we can complete, in capitals; undefined for any other text. */
export function readCountry(text: string): CountryCode | undefined {
  const country = text.toUpperCase();
  return isSupportedCountry(country) ? country : undefined;
}

/** The chat of a phone number given as bare digits with country code. */
export function phoneChat(digits: string): ChatId {
  return `${digits}@c.us` as ChatId;
}

/** The chat of a linked identity given as bare digits. */
export function lidChat(digits: string): ChatId {
  return `${digits}@lid` as ChatId;
}

/** A chat id read back from our own database. */
export function storedChat(text: string): ChatId {
  return text as ChatId;
}

/** What kind of chat this is, in the words of the API. */
export function chatKind(chat: ChatId): ChatKind {
  if (chat === 'status@broadcast') return 'status';
  const domain = chat.slice(chat.indexOf('@') + 1);
  if (domain === 'g.us') return 'group';
  if (domain === 'newsletter') return 'newsletter';
  if (domain === 'broadcast') return 'broadcast';
  return 'user';
}

/** The digits before the `@`: the phone number of `@c.us`, the linked identity of `@lid`. */
export function localPart(chat: ChatId): string {
  return chat.slice(0, chat.indexOf('@'));
}

/** The phone number of a person's chat, or undefined for any other chat. */
export function phoneOf(chat: ChatId): string | undefined {
  return chat.endsWith('@c.us') ? localPart(chat) : undefined;
}

/** The linked identity of a person's chat, or undefined for any other chat. */
export function lidOf(chat: ChatId): string | undefined {
  return chat.endsWith('@lid') ? localPart(chat) : undefined;
}
