import { matchesPattern } from './pattern.ts';
import { folded, has, type Mode } from './text.ts';

const modeOf: Readonly<Record<string, Mode>> = {
  equals: 'exact',
  contains: 'contains',
  startsWith: 'startsWith',
  endsWith: 'endsWith',
};

/** The names of the old canvas. */
const aliases: Readonly<Record<string, string>> = {
  starts_with: 'startsWith',
  ends_with: 'endsWith',
  not_starts_with: 'not_startsWith',
  not_ends_with: 'not_endsWith',
};

/** How two texts may be compared, each also with `not_` before it. */
export const operators = ['equals', 'contains', 'startsWith', 'endsWith', 'regex'] as const;

/** The operator under our own name, and whether it is turned around; undefined when it is not known. */
export function readOperator(operator: string): { plain: string; isNot: boolean } | undefined {
  const name = Object.hasOwn(aliases, operator) ? String(aliases[operator]) : operator;
  const isNot = name.startsWith('not_');
  const plain = isNot ? name.slice(4) : name;
  return operators.includes(plain as never) ? { plain, isNot } : undefined;
}

/** Compares a text; an unknown operator is `contains`. Answers the operator as it was read, too. */
export function compare(
  text: string,
  operator: string,
  value: string,
  { caseSensitive = false }: { caseSensitive?: boolean } = {},
): { held: boolean; as: string } {
  const { plain, isNot } = readOperator(operator) ?? { plain: 'contains', isNot: false };
  const as = isNot ? `not_${plain}` : plain;
  if (plain === 'regex') {
    return { held: matchesPattern(value, caseSensitive ? '' : 'i', text) !== isNot, as };
  }
  const mode = modeOf[plain] ?? 'contains';
  return { held: has(folded(text, caseSensitive), folded(value, caseSensitive), mode) !== isNot, as };
}
