const DIGITS = /^[1-9]\d{5,14}$/;

/** A phone number as bare digits from `+62 812-3456`, `62812…@c.us` or `62812…@s.whatsapp.net`; undefined if it is none. */
export function parseNumber(text: string): string | undefined {
  const digits = text
    .trim()
    .replace(/@(c\.us|s\.whatsapp\.net)$/, '')
    .replace(/[+\s().-]/g, '');
  return DIGITS.test(digits) ? digits : undefined;
}
