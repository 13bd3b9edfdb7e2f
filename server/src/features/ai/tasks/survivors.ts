const patterns = [
  /\{\{?[^{}\n]{1,64}\}\}?/gu,
  /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/gu,
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu,
];
const number = /\d(?:[\d.,:\u00a0\u202f]*\d)?/gu;

/** What a translation must leave as it is: placeholders, links, addresses, numbers, and pairs of marks. */
interface Fixed {
  readonly things: Map<string, number>;
  readonly marks: ReadonlyMap<string, number>;
}

/** What of a text did not survive its translation, in words; nothing when all is there. */
export function lostIn(before: string, after: string): string[] {
  const [was, is] = [fixedIn(before), fixedIn(after)];
  const missing = [...was.things].flatMap(([thing, count]) =>
    (is.things.get(thing) ?? 0) < count ? [`${thing} is missing`] : [],
  );
  const marks = [...was.marks].flatMap(([mark, count]) =>
    (is.marks.get(mark) ?? 0) === count ? [] : [`the marks ${mark} are not as they were`],
  );
  return [...missing, ...marks].slice(0, 20);
}

function fixedIn(text: string): Fixed {
  const things = new Map<string, number>();
  const add = (thing: string) => things.set(thing, (things.get(thing) ?? 0) + 1);
  let rest = text;
  for (const pattern of patterns) {
    for (const [thing] of rest.matchAll(pattern)) add(thing);
    rest = rest.replaceAll(pattern, ' ');
  }
  // Other languages write other digits, and group them and the time of day in other ways.
  for (const [thing] of westernDigits(rest).matchAll(number)) add(thing.replaceAll(/\D/g, ''));
  const marks = new Map(
    ['*', '_', '~', '`'].flatMap((mark) => {
      const pair = new RegExp(
        `(?<![\\p{L}\\p{N}])[${mark}]\\S(?:[^\\n]*?\\S)?[${mark}](?![\\p{L}\\p{N}])`,
        'gu',
      );
      const count = rest.match(pair)?.length ?? 0;
      return count > 0 ? [[mark, count] as const] : [];
    }),
  );
  return { things, marks };
}

const digit = /\p{Nd}/gu;

/** The text with every decimal digit as 0 to 9: the digits of a script follow each other, its zero first. */
export function westernDigits(text: string): string {
  return text.normalize('NFKC').replaceAll(digit, (one) => {
    const code = one.codePointAt(0) ?? 0;
    if (code < 0x80) return one;
    let zero = code;
    while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1)) && code - (zero - 1) <= 9) zero--;
    return String(code - zero);
  });
}
