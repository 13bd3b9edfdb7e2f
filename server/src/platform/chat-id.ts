import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { Failure } from './failures.ts';

declare const chatIdBrand: unique symbol;

/**
 * A chat or person in our public form: `<digits>@c.us`, `<digits>@lid` while the number is unknown,
 * `<id>@g.us`, `<id>@newsletter`, `<id>@broadcast` or `status@broadcast`. Only this file makes one.
 */
export type ChatId = string & { readonly [chatIdBrand]: true };

export type ChatKind = 'user' | 'group' | 'broadcast' | 'newsletter' | 'status';

/** A map and no object, because strangers write the text behind the `@`: `constructor` must not be found in it. */
const domains = new Map<string, { domain: string; local: RegExp }>([
  ['c.us', { domain: 'c.us', local: /^[1-9]\d{5,14}$/ }],
  ['s.whatsapp.net', { domain: 'c.us', local: /^[1-9]\d{5,14}$/ }],
  ['lid', { domain: 'lid', local: /^\d{5,20}$/ }],
  ['g.us', { domain: 'g.us', local: /^\d{5,24}(-\d{5,14})?$/ }],
  ['newsletter', { domain: 'newsletter', local: /^\d{5,24}$/ }],
  ['broadcast', { domain: 'broadcast', local: /^(status|\d{1,24})$/ }],
]);

/** Longer texts are no recipient, and are not normalised. */
const writtenMax = 200;
/**
 * Forms that a country gave up and some WhatsApp accounts still have: Mexico's mobiles with the 1, Benin's and Ivory
 * Coast's eight digits. Only WhatsApp knows which form an account has.
 */
const formerForms = /^(?:521\d{10}|229\d{8}|225\d{8})$/;

/**
 * Understands every way a recipient is written: a number with country code (`+…`, `00…`, bare digits, `tel:…`), a
 * local number with a leading 0 (completed with `defaultCountry`, an ISO 3166 code), in the digits of any script,
 * and the ids of WhatsApp and of its web clients. A number comes out as it is dialled from abroad.
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
  if (input.length > writtenMax) return undefined;
  const text = plain(input);
  if (!text.includes('@')) return parsePhone(text, defaultCountry);
  const chat = chatOfAddress(text.replace(/^\+/, ''));
  const phone = chat && phoneOf(chat);
  return phone ? phoneChat(withoutTrunkZero(phone)) : chat;
}

/** The chat of a WhatsApp address. Its number is not corrected: the network knows its own numbers. */
export function chatOfAddress(address: string): ChatId | undefined {
  const at = address.indexOf('@');
  const form = domains.get(address.slice(at + 1).toLowerCase());
  // A device suffix (`:12`) names one of a person's devices; a chat is with the person.
  const local = address.slice(0, Math.max(0, at)).replace(/(:\d{1,3})$/, '');
  return form?.local.test(local) ? (`${local}@${form.domain}` as ChatId) : undefined;
}

/**
 * The same text in plain characters: one form of each letter, the digits 0 to 9 for those of every script, and none
 * of the invisible characters that come along when a number is copied.
 */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Nd}/gu, asciiDigit)
    .trim();
}

/** In Unicode the digits of each script stand in order and side by side, ten at a time. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

function parsePhone(text: string, defaultCountry: string): ChatId | undefined {
  const written = /^tel:/i.test(text) ? withoutParameters(text.slice(4)) : text;
  if (!/^\+?[\d\s()./\p{Pd}\u2212]{6,32}$/u.test(written)) return undefined;
  const digits = written.replace(/\D/g, '');
  const country = readCountry(defaultCountry) ?? 'ID';
  if (!written.startsWith('+') && digits.startsWith('0')) {
    // Some countries dial abroad with more than 00, Australia with 0011; so after 00 a number must be certain.
    if (digits.startsWith('00')) return abroad(digits.slice(2)) ?? numberOf(digits, country, 'valid');
    return numberOf(digits, country, 'possible');
  }
  // `+49 (0) 171 …` is written for callers from abroad and at home alike; where the 0 is dialled, it is kept.
  return abroad(digits) ?? abroad(written.replace(/\(0\)/, '').replace(/\D/g, ''));
}

/** The number of a `tel:` link (RFC 3966). An extension can't be dialled on WhatsApp; a context completes it. */
function withoutParameters(link: string): string {
  const [number = '', ...parameters] = link.split(';');
  const context = parameters.find((parameter) => /^phone-context=\+/i.test(parameter));
  return context && !number.startsWith('+') ? `${context.slice(context.indexOf('+'))}${number}` : number;
}

/** A number that begins with its country code. */
function abroad(digits: string): ChatId | undefined {
  if (formerForms.test(digits)) return phoneChat(digits);
  return digits.startsWith('0') ? undefined : numberOf(`+${digits}`, undefined, 'possible');
}

/** For most numbers `possible` is enough: WhatsApp knows new ranges of numbers before this library does. */
function numberOf(
  text: string,
  defaultCountry: CountryCode | undefined,
  sure: 'possible' | 'valid',
): ChatId | undefined {
  const options = { extract: false, ...(defaultCountry && { defaultCountry }) };
  const parsed = parsePhoneNumberFromString(text, options);
  if (!parsed || !(sure === 'valid' ? parsed.isValid() : parsed.isPossible())) return undefined;
  const digits = parsed.number.slice(1);
  return digits.length <= 15 ? phoneChat(digits) : undefined;
}

/** Clients also make ids of a number and `@c.us`, and then leave in the 0 that only callers at home dial. */
function withoutTrunkZero(digits: string): string {
  if (!/^\d{1,3}0/.test(digits)) return digits;
  const parsed = parsePhoneNumberFromString(`+${digits}`, { extract: false });
  if (!parsed?.isPossible()) return digits;
  const { countryCallingCode: code, nationalNumber: number } = parsed;
  return digits === `${code}0${number}` ? `${code}${number}` : digits;
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
