/** No word is longer, in characters: with four bytes each it stays far below what a lexeme may have. */
const lengthMax = 64;

const words = new Intl.Segmenter('und', { granularity: 'word' });
/** Scripts whose words are not parted by blanks, or are parted otherwise by each writer. */
const joined = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}ー]`;
const hasJoined = new RegExp(joined, 'u');
const isPair = new RegExp(`^${joined}{2}$`, 'u');
const runs = new RegExp(`${joined}{2,}`, 'gu');
const accents = /(\p{Script=Latin})\p{M}+/gu;
/** Lengthening, vowel signs of Arabic, joiners: nothing that somebody who searches would write. */
const unwritten = /[\u0640\u064b-\u065f\u0670\u06d6-\u06ed\xad]|\u200c|\u200d/g;
const alef = /[\u0622\u0623\u0625\u0671]/g;
const number = /^[\p{N}.,']+$/u;

/** A text as its words are compared: one width, one case, no accents on Latin letters, Arabic without vowel signs. */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(alef, '\u0627')
    .replaceAll('\u0649', '\u064a')
    .replaceAll('\u0629', '\u0647')
    .replaceAll('’', "'")
    .normalize('NFD')
    .replaceAll(accents, '$1')
    .normalize('NFC')
    .replaceAll(unwritten, '');
}

/**
 * The words of a text in any script, each as often as it stands there. What is written without blanks (Chinese, Japanese,
 * Thai) or with endings that stick to words (Korean) counts a second time as pairs of characters, so that texts meet
 * whose words were told apart differently.
 */
export function termsOf(text: string): string[] {
  const ready = folded(text);
  const terms: string[] = [];
  for (const { segment, isWordLike } of words.segment(ready)) {
    if (!isWordLike) continue;
    const word = segment.length > lengthMax ? [...segment].slice(0, lengthMax).join('') : segment;
    // It comes as a pair below.
    if (!isPair.test(word)) terms.push(word);
  }
  for (const [run] of ready.matchAll(runs)) terms.push(...pairsOf(run));
  return terms;
}

/** How often each word stands in a text. */
export function countsOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of termsOf(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** Whether words that are written alike may be meant: pairs forgive by themselves, and a number must be right. */
export const mayBeMistyped = (term: string): boolean =>
  term.length >= 4 && !hasJoined.test(term) && !number.test(term);

function pairsOf(run: string): string[] {
  const characters = [...run];
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
