import { fits } from '../developers/index.ts';

/** Whether all, some or none of these names are heard by these patterns. */
export function heard(patterns: readonly string[], names: readonly string[]): 'all' | 'some' | 'none' {
  const count = names.filter((name) => patterns.some((pattern) => fits(pattern, name))).length;
  if (count === 0) return 'none';
  return count === names.length ? 'all' : 'some';
}

/** Hears all of a prefix, also what will be added to it later, or none of it. */
export function withPrefix(patterns: readonly string[], prefix: string, isOn: boolean): string[] {
  const others = patterns.filter((pattern) => pattern !== prefix && !fits(prefix, pattern));
  return isOn ? [...others, prefix] : others;
}

/** Hears one name or not; a prefix that it is left out of is taken apart into the others. */
export function withName(
  patterns: readonly string[],
  name: string,
  isOn: boolean,
  names: readonly string[],
): string[] {
  if (isOn) return patterns.some((pattern) => fits(pattern, name)) ? [...patterns] : [...patterns, name];
  return [
    ...new Set(
      patterns.flatMap((pattern) => {
        if (!fits(pattern, name)) return [pattern];
        return names.filter((other) => other !== name && fits(pattern, other));
      }),
    ),
  ];
}
