import { wordsOf } from '../messages/index.ts';
import { fold, foldWithPlaces } from './fold.ts';

/** Of one message: more than any person reads, and what a stranger can make us keep of it. */
const wordsMax = 8_000;
const fragmentMax = 160;
const beforeMax = 40;
const fragmentsMax = 3;

/** A piece of what a message says, and where in it (UTF-16 units, the end not included) stands what was looked for. */
interface Highlight {
  text: string;
  ranges: { start: number; end: number }[];
}

/** What a message is found by, folded, a line for each of its fields. */
export function wordsOfMessage(type: string, content: Record<string, unknown>): string {
  const parts: string[] = [];
  let left = wordsMax;
  for (const part of wordsOf(type, content)) {
    if (left <= 0) break;
    const folded = fold(part.slice(0, left)).trim();
    if (folded) parts.push(folded);
    left -= part.length;
  }
  return parts.join('\n');
}

/** Where the terms stand in what a message says; the first places of its first fields. */
export function highlightsOf(
  type: string,
  content: Record<string, unknown>,
  terms: readonly string[],
): Highlight[] {
  const found: Highlight[] = [];
  for (const part of wordsOf(type, content)) {
    if (found.length === fragmentsMax) break;
    const highlight = highlightIn(part.slice(0, wordsMax), terms);
    if (highlight) found.push(highlight);
  }
  return found;
}

function highlightIn(part: string, terms: readonly string[]): Highlight | undefined {
  const { text, original, from } = foldWithPlaces(part);
  const places = terms.flatMap((term) => placesOf(term, text)).sort((a, b) => a.start - b.start);
  const [first] = places;
  if (!first) return undefined;
  const origin = (n: number) => from[n] ?? original.length;
  const start = startOf(original, Math.max(0, origin(first.start) - beforeMax));
  const end = startOf(original, Math.min(original.length, start + fragmentMax));
  const ranges: Highlight['ranges'] = [];
  for (const place of places) {
    // Of a letter that folds into several, all of it.
    const [from, to] = [origin(place.start), nextOf(place.end)];
    const last = ranges.at(-1);
    if (to > end) continue;
    if (last && from - start <= last.end) last.end = Math.max(last.end, to - start);
    else ranges.push({ start: from - start, end: to - start });
  }
  return { text: original.slice(start, end), ranges };

  /** The place in the original behind the letter that ends before `n`. */
  function nextOf(n: number): number {
    const last = origin(n - 1);
    let next = n;
    while (next < from.length - 1 && origin(next) === last) next += 1;
    return origin(next);
  }
}

function placesOf(term: string, text: string): { start: number; end: number }[] {
  const places: { start: number; end: number }[] = [];
  for (
    let at = text.indexOf(term);
    at >= 0 && places.length < 20;
    at = text.indexOf(term, at + term.length)
  ) {
    places.push({ start: at, end: at + term.length });
  }
  return places;
}

/** A place that cuts no character in two. */
function startOf(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
