import { Failure } from '../failures.ts';

/** Whether a list of patterns names this event: exactly, as `*`, or as a prefix (`message.*`). */
export function wants(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name));
}

/**
 * Event patterns as a client gave them in the field at `path`, without repeats.
 * @throws Failure VALIDATION_ERROR that lists the names there are, when one matches none of them.
 */
export function readPatterns(patterns: readonly string[], names: readonly string[], path: string): string[] {
  const unknown = patterns.filter((pattern) => !names.some((name) => matches(pattern, name)));
  if (unknown.length === 0) return [...new Set(patterns)];
  const choices = `Known events: ${[...names].sort().join(', ')}; also * and prefixes such as message.*`;
  throw new Failure('VALIDATION_ERROR', {
    says: `Unknown event ${unknown.map((name) => `'${name}'`).join(', ')}. ${choices}.`,
    details: unknown.map((name) => ({
      path: `${path}/${patterns.indexOf(name)}`,
      problem: `is not an event. ${choices}.`,
    })),
  });
}

function matches(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  return pattern.endsWith('.*') && pattern.length > 2 && name.startsWith(pattern.slice(0, -1));
}
