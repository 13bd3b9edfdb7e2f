const DIGITS = /^[1-9]\d{5,14}$/;

/** A phone number as bare digits from `+62 812-3456`, `62812…@c.us` or `62812…@s.whatsapp.net`; undefined if it is none. */
export function parseNumber(text: string): string | undefined {
  const digits = text
    .trim()
    .replace(/@(c\.us|s\.whatsapp\.net)$/, '')
    .replace(/[+\s().-]/g, '');
  return DIGITS.test(digits) ? digits : undefined;
}

/** Countries in which one person is dialled with a digit more or less than what WhatsApp registered: where it stands. */
const MOVABLE_DIGITS = [
  { short: /^55\d{10}$/, long: /^55\d{2}9\d{8}$/, at: 4, digit: '9' },
  { short: /^52\d{10}$/, long: /^521\d{10}$/, at: 2, digit: '1' },
  { short: /^54\d{10}$/, long: /^549\d{10}$/, at: 2, digit: '9' },
] as const;

/** The other number under which the same person may be registered: in Brazil, Mexico and Argentina. */
export function otherForm(number: string): string | undefined {
  for (const { short, long, at, digit } of MOVABLE_DIGITS) {
    if (long.test(number)) return number.slice(0, at) + number.slice(at + 1);
    if (short.test(number)) return number.slice(0, at) + digit + number.slice(at);
  }
  return undefined;
}
