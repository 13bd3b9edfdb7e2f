/** What stands for a value: its name, what is shown without one, and how it was typed. */
interface Placeholder {
  name: string;
  fallback: string | undefined;
  typed: string;
}

/** A piece of a text: words as they are, or what stands for a value. */
export type Part = string | Placeholder;

const name = String.raw`[\p{L}_][\p{L}\p{M}\p{N}_.]*`;
/** Neither part can match across a brace, so a text is walked through once, whatever is in it. */
const pattern = new RegExp(String.raw`\\(\{\{?)|\{\{(${name})(?:\|([^{}]*))?\}\}|\{(${name})\}`, 'gu');

/** Takes a text apart, from left to right. `\{` is a brace and nothing more, and `\{{` two. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const [typed, escaped, double, fallback, single] = match;
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push(escaped ?? { name: String(double ?? single), fallback, typed });
    from = match.index + typed.length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}
