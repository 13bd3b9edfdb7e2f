import { westernDigits } from '../tasks/survivors.ts';

const urls = /\b(?:https?:\/\/|www\.)[^\s<>"')\]]+/giu;
/** Names that would become links on a phone. */
const hosts =
  /\b(?:[a-z0-9-]+\.)+(?:com|net|org|info|io|co|me|id|my|sg|in|de|fr|es|br|mx|ar|ae|sa|cn|jp|kr|uk|eu|shop|store|app|xyz|link|ly|gl)(?:\/[^\s<>"')\]]*)?/giu;
const emails = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu;
const numbers = /\d(?:[\d.,:\u00a0\u202f']*\d)?/gu;
/** Phone numbers and dates as sources part them. */
const wideNumbers = /\d(?:[\d.,:/\u00a0\u202f' ()-]*\d)?/gu;
const fullHour = /^(\d{1,2})[.:]00$/;
const listMark = /^[ \t]*\d{1,2}[.)](?=\s)/gmu;

/** What an answer says that must stand in a source. */
export interface Claims {
  readonly links: readonly string[];
  readonly emails: readonly string[];
  /** Digits alone: other languages group and part them in other ways. */
  readonly numbers: readonly string[];
}

const trimmed = (link: string) =>
  link
    .toLowerCase()
    .replace(/^(https?:\/\/)?(www\.)?/, '')
    .replace(/[.,;:!?/]+$/, '');

/** The links, addresses and numbers (prices, dates, times, phones) of a text. */
export function claimsIn(text: string): Claims {
  let rest = westernDigits(text);
  const take = (pattern: RegExp) => {
    const found = [...rest.matchAll(pattern)].map(([one]) => one);
    rest = rest.replaceAll(pattern, ' ');
    return found;
  };
  const foundEmails = take(emails).map((one) => one.toLowerCase());
  const links = [...take(urls), ...take(hosts)].map(trimmed);
  rest = rest.replaceAll(listMark, ' ');
  return { links, emails: foundEmails, numbers: take(numbers).map(digitsOf) };
}

/** Without zeros in front: 07.00 is 7. */
const digitsOf = (number: string) =>
  (fullHour.exec(number)?.[1] ?? number).replaceAll(/\D/g, '').replace(/^0+(?=\d)/, '');

/** What of an answer stands in none of the texts, in words. */
export function unfounded(answer: string, sources: readonly string[]): string[] {
  const said = claimsIn(answer);
  const known = sources.map(claimsIn);
  const all = (part: keyof Claims) => new Set(known.flatMap((one) => one[part]));
  const [links, mails, figures] = [all('links'), all('emails'), all('numbers')];
  for (const source of sources.map(westernDigits)) {
    for (const [one] of source.matchAll(wideNumbers)) figures.add(digitsOf(one));
    for (const [one] of source.matchAll(/\d+/g)) figures.add(digitsOf(one));
  }
  return [
    ...said.links.filter((one) => !links.has(one)).map((one) => `the link ${one} stands in no source`),
    ...said.emails.filter((one) => !mails.has(one)).map((one) => `the address ${one} stands in no source`),
    ...said.numbers.filter((one) => !figures.has(one)).map((one) => `the number ${one} stands in no source`),
  ];
}
