import type { Problem } from '../../../platform/failures.ts';
import { folded } from './text.ts';

/** A comparison of a value that may be missing with what a condition wants. */
interface Comparison {
  problems(value: unknown, path: string): Problem[];
  holds(found: string | undefined, value: unknown): boolean;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
const listOf = (value: unknown): string[] | undefined => {
  if (typeof value === 'string') return value.split(',').map((one) => one.trim());
  return Array.isArray(value) ? value.flatMap((one) => textOf(one) ?? []) : undefined;
};

const isNumber = (text: string | undefined): text is string =>
  text !== undefined && text.trim() !== '' && Number.isFinite(Number(text));

function byNumber(holds: (found: number, value: number) => boolean): Comparison {
  return {
    problems: (value, path) => (isNumber(textOf(value)) ? [] : [{ path, problem: 'must be a number' }]),
    holds(found, value) {
      const wanted = textOf(value);
      return isNumber(found) && isNumber(wanted) && holds(Number(found), Number(wanted));
    },
  };
}

/** A time of day as `08:30`, or a moment in ISO 8601; undefined for anything else. */
function momentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour !== undefined) return Number(hour) * 60 + Number(minute);
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function byTime(holds: (found: number, value: number) => boolean): Comparison {
  return {
    problems: (value, path) =>
      momentOf(textOf(value)) === undefined
        ? [{ path, problem: 'must be a time of day such as 08:30, or a date' }]
        : [],
    holds(found, value) {
      const [at, wanted] = [momentOf(found), momentOf(textOf(value))];
      return at !== undefined && wanted !== undefined && holds(at, wanted);
    },
  };
}

const between: Comparison = {
  problems: (value, path) =>
    Array.isArray(value) && value.length === 2 && value.every((one) => isNumber(textOf(one)))
      ? []
      : [{ path, problem: 'must be two numbers' }],
  holds(found, value) {
    const [from, to] = (listOf(value) ?? []).map(Number);
    return (
      isNumber(found) &&
      from !== undefined &&
      to !== undefined &&
      Number(found) >= from &&
      Number(found) <= to
    );
  },
};

const isIn: Comparison = {
  problems: (value, path) =>
    (listOf(value)?.length ?? 0) > 0 ? [] : [{ path, problem: 'must be a list of texts' }],
  holds: (found, value) =>
    found !== undefined && (listOf(value) ?? []).some((one) => folded(one) === folded(found.trim())),
};

const exists: Comparison = {
  problems: () => [],
  holds: (found) => found !== undefined && found !== '',
};

/** Comparisons beside those of texts, by their names. */
const comparisons: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ...([
    ['lt', byNumber((a, b) => a < b)],
    ['lte', byNumber((a, b) => a <= b)],
    ['gt', byNumber((a, b) => a > b)],
    ['gte', byNumber((a, b) => a >= b)],
    ['before', byTime((a, b) => a < b)],
    ['after', byTime((a, b) => a > b)],
  ] as const),
  ...([
    ['between', between],
    ['in', isIn],
    ['exists', exists],
  ] as const),
]);
const aliases: ReadonlyMap<string, string> = new Map([
  ...([
    ['<', 'lt'],
    ['<=', 'lte'],
    ['≤', 'lte'],
  ] as const),
  ...([
    ['>', 'gt'],
    ['>=', 'gte'],
    ['≥', 'gte'],
  ] as const),
]);

export const orderOperators: readonly string[] = [...comparisons.keys()];

/** The comparison of a name, and whether `not_` turns it around; undefined when it is none of these. */
export function readOrder(operator: unknown): { as: string; isNot: boolean; by: Comparison } | undefined {
  if (typeof operator !== 'string') return undefined;
  const isNot = operator.startsWith('not_');
  const plain = isNot ? operator.slice(4) : operator;
  const by = comparisons.get(aliases.get(plain) ?? plain);
  return by && { as: operator, isNot, by };
}
