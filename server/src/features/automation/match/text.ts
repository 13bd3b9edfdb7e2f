/** Texts are compared up to this length; nobody types more. */
const lengthMax = 4_096;
/** Longer ones are rare, and would fill the memory. */
const keptLengthMax = 500;

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/** How two texts can be compared. */
export const modes = ['exact', 'contains', 'startsWith', 'endsWith', 'word'] as const;
export type Mode = (typeof modes)[number];

/** The same text is compared with all that rules look for, and those texts with each message. */
const foldedMax = 10_000;
const known = { minding: new Map<string, string>(), not: new Map<string, string>() };

let long = { text: '', caseSensitive: false, made: '' };

/** One form for what looks alike, in any script; without case unless that matters. */
export function folded(text: string, caseSensitive = false): string {
  const kept = caseSensitive ? known.minding : known.not;
  const found = kept.get(text);
  if (found !== undefined) return found;
  if (long.text === text && long.caseSensitive === caseSensitive) return long.made;
  const one = text.slice(0, lengthMax).normalize('NFKC');
  const made = caseSensitive ? one : one.toLowerCase();
  if (text.length > keptLengthMax) {
    long = { text, caseSensitive, made };
    return made;
  }
  if (kept.size >= foldedMax) kept.clear();
  kept.set(text, made);
  return made;
}

/** Whether the text has the keyword in this way; both are folded. */
export function has(text: string, keyword: string, mode: Mode): boolean {
  if (mode === 'exact') return text.trim() === keyword.trim();
  if (mode === 'startsWith') return text.startsWith(keyword);
  if (mode === 'endsWith') return text.endsWith(keyword);
  if (mode === 'contains') return text.includes(keyword);
  return hasWord(text, keyword.trim());
}

/** By the boundaries of words in any script, also those that write without spaces. */
function hasWord(text: string, keyword: string): boolean {
  if (keyword === '' || !text.includes(keyword)) return false;
  const edges = new Set<number>([text.length]);
  for (const { index } of words.segment(text)) edges.add(index);
  for (let at = text.indexOf(keyword); at >= 0; at = text.indexOf(keyword, at + 1)) {
    if (edges.has(at) && edges.has(at + keyword.length)) return true;
  }
  return false;
}
