import { RE2JS } from 're2js';

const patternLengthMax = 1_024;
const textLengthMax = 4_096;
/** Above this even linear time is long: 4,096 characters took 40 ms. */
const sizeMax = 2_000;
const keptMax = 1_000;

const flagsByLetter: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
  // Every match is by characters, and one match is enough.
  g: 0,
  u: 0,
};

const compiled = new Map<string, RE2JS | string>();

/** Compiles an expression of a user, in time linear in the text whatever it is; answers a sentence when it can't. */
export function compilePattern(pattern: unknown, flags: unknown = 'i'): RE2JS | string {
  if (typeof pattern !== 'string' || pattern === '') return 'must be a regular expression';
  if (pattern.length > patternLengthMax) return `must not be longer than ${patternLengthMax} characters`;
  if (typeof flags !== 'string') return 'must have flags as a text';
  const key = `${flags} ${pattern}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const made = make(pattern, flags);
  if (compiled.size >= keptMax) compiled.clear();
  compiled.set(key, made);
  return made;
}

function make(pattern: string, flags: string): RE2JS | string {
  let bits = 0;
  for (const letter of flags) {
    const bit = flagsByLetter[letter];
    if (bit === undefined) return `has the flag ${letter}: only i, m and s are known`;
    bits |= bit;
  }
  try {
    const expression = RE2JS.compile(pattern, bits);
    return expression.programSize() > sizeMax ? 'is too large: use shorter repeats' : expression;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Invalid regex: ${reason.replace(/\s+/g, ' ').slice(0, 200)}`;
  }
}

/** The match and its groups; undefined when the text does not match, or the expression is none. */
export function findPattern(
  pattern: unknown,
  flags: unknown,
  text: string,
): { match: string; groups: (string | null)[] } | undefined {
  const expression = compilePattern(pattern, flags);
  const input = text.slice(0, textLengthMax).toWellFormed();
  if (typeof expression === 'string' || !expression.test(input)) return undefined;
  const matcher = expression.matcher(input);
  if (!matcher.find()) return undefined;
  const groups = Array.from({ length: matcher.groupCount() }, (_, index) => matcher.group(index + 1));
  return { match: matcher.group() ?? '', groups };
}

/** Whether the text matches; never, when the expression is none. */
export function matchesPattern(pattern: unknown, flags: unknown, text: string): boolean {
  const expression = compilePattern(pattern, flags);
  return typeof expression !== 'string' && expression.test(text.slice(0, textLengthMax));
}
