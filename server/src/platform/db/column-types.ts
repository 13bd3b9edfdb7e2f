import { type CustomTypesConfig, types } from 'pg';

const int8 = 20;
const int8Array = 1016;

/**
 * How columns become values: `bigint` a number (ours are counters below 2^53; one above it is an error,
 * never a rounded number), `timestamptz` a Date, `jsonb` what it holds, `numeric` its text.
 */
export const columnTypes: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format === 'binary') return types.getTypeParser(oid, 'binary');
    if (oid === int8) return exactNumber;
    const parse = types.getTypeParser(oid, 'text');
    if (oid === int8Array) return (text: string) => (parse(text) as (string | null)[]).map(exactNumberOrNull);
    return parse;
  }) as typeof types.getTypeParser,
};

function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for an exact number`);
  return value;
}

function exactNumberOrNull(text: string | null): number | null {
  return text === null ? null : exactNumber(text);
}
