/** Marks that are written or left out: accents, Arabic and Hebrew vowels, Arabic lengthening, the look of emoji. */
const leftOut =
  /[\u0300-\u036f]|[\u0591-\u05c7]|[\u0610-\u061a]|[\u064b-\u065f]|[\u06d6-\u06ed]|[\ufe00-\ufe0f]|\u0640|\u0670|\p{Cf}|\p{Cc}/gu;
/** A letter with what is written above, below or behind it. */
const units = /\s+|.[\p{M}\uff9e\uff9f]*/gsu;
/** Letters that are one to who searches, and that Unicode does not take apart. */
const alike: Readonly<Record<string, string>> = {
  ...{ ς: 'σ', ø: 'o', đ: 'd', ħ: 'h', ł: 'l', ŧ: 't', æ: 'ae', œ: 'oe' },
  ...{ ى: 'ي', ی: 'ي', ک: 'ك', ة: 'ه', ٱ: 'ا' },
  ...Object.fromEntries([...'٠١٢٣٤٥٦٧٨٩'].map((digit, n) => [digit, String(n)])),
  ...Object.fromEntries([...'۰۱۲۳۴۵۶۷۸۹'].map((digit, n) => [digit, String(n)])),
};
const plain = /^[\x20-\x7e]*$/;
/** Strangers write any combination they like; the usual ones are known soon. */
const knownMax = 20_000;
const known = new Map<string, string>();

/** A text with the place in the original that each of its characters comes from. */
interface Folded {
  text: string;
  /** The original, composed (NFC): places count in it. */
  original: string;
  /** Of each UTF-16 unit of `text` where its letter begins in the original, and at last the original's length. */
  from: number[];
}

/**
 * The form in which texts are compared, in any script: compatibility forms made one (full-width, ligatures), lower case,
 * accents and vowel marks left out, white space as one space. What is searched and what is found both go through here.
 */
export function fold(text: string): string {
  if (plain.test(text)) return text.toLowerCase().replace(/ {2,}/g, ' ');
  let folded = '';
  for (const [unit] of composed(text).matchAll(units)) folded = joined(folded, foldedUnit(unit));
  return folded;
}

/** The same, with the way back. */
export function foldWithPlaces(text: string): Folded {
  const original = composed(text);
  const from: number[] = [];
  let folded = '';
  for (const { 0: unit, index } of original.matchAll(units)) {
    const next = joined(folded, foldedUnit(unit));
    for (let n = folded.length; n < next.length; n++) from.push(index);
    folded = next;
  }
  return { text: folded, original, from: [...from, original.length] };
}

/** Halves of characters are replaced: the database takes whole ones only. */
const composed = (text: string) => text.toWellFormed().normalize('NFC');

const joined = (text: string, more: string) => (more === ' ' && text.endsWith(' ') ? text : text + more);

function foldedUnit(unit: string): string {
  const before = known.get(unit);
  if (before !== undefined) return before;
  const folded = /^\s/.test(unit) ? ' ' : foldedLetter(unit);
  if (known.size < knownMax && unit.length <= 8) known.set(unit, folded);
  return folded;
}

function foldedLetter(unit: string): string {
  // Upper case first: ß and SS, ς and σ meet there. Й is a letter of its own, not an И with something above.
  const cased = unit.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
  const bare = cased.replaceAll('и\u0306', 'й').replace(leftOut, '').normalize('NFC');
  return [...bare]
    .map((letter) => alike[letter] ?? letter)
    .join('')
    .replace(/\s+/g, ' ');
}
