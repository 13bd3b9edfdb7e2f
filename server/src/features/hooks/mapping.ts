import type { Problem } from '../../platform/failures.ts';
import { atPointer } from '../../platform/json-pointer.ts';

/**
 * How a payload becomes a message. A value that begins with `/` is a JSON pointer into the payload; any other text may
 * hold `{/pointer}`, `{header:name}` and `{name}`, where `name` is one of `variables` or a field of the payload.
 */
export interface Mapping {
  to: string;
  /** The kind of the message; a text unless said. */
  type?: string;
  text?: string;
  /** The fields of `POST /messages/<type>`. */
  content?: Record<string, unknown>;
  /** Names for pointers. */
  variables?: Record<string, string>;
  /** Pointers (or `header:name`) and what they must be, else nothing is sent. */
  when?: Record<string, unknown>;
}

/** What came, as mappings read it. */
export interface Received {
  payload: unknown;
  headers: Readonly<Record<string, string>>;
}

export type Mapped =
  | { is: 'skipped' }
  | { is: 'wrong'; problems: Problem[]; missing: string[] }
  | { is: 'message'; to: string; type: string; content: Record<string, unknown>; missing: string[] };

/** Of all that is put in together: a mapping that repeats a large value must not fill the memory. */
const textLengthMax = 1_500_000;
const placeholder = /\{\{([^{}]{1,300})\}\}|\{([^{}]{1,300})\}/g;
const headerPrefix = 'header:';

/** What a payload becomes. Values are put in literally, in one pass: braces in a value are only braces. */
export function applyMapping(mapping: Mapping, received: Received): Mapped {
  if (!isWanted(mapping, received)) return { is: 'skipped' };
  const reading = createReading(mapping, received);
  const type = mapping.type ?? 'text';
  const to = reading.text(mapping.to).trim();
  const content = {
    ...(reading.deep(mapping.content ?? {}) as Record<string, unknown>),
    ...(mapping.text !== undefined && { text: reading.text(mapping.text) }),
  };
  const missing = reading.missing();
  const problems: Problem[] = [];
  if (to === '')
    problems.push({ path: '/to', problem: `is empty: the payload has nothing at ${mapping.to}` });
  if (reading.isTooLong()) problems.push({ path: '/content', problem: 'became too long for a message' });
  return problems.length > 0
    ? { is: 'wrong', problems, missing }
    : { is: 'message', to, type, content, missing };
}

function isWanted({ when = {} }: Mapping, received: Received): boolean {
  return Object.entries(when).every(([place, wanted]) => {
    const value = valueAt(place, received);
    return JSON.stringify(value) === JSON.stringify(wanted);
  });
}

function createReading({ variables = {} }: Mapping, received: Received) {
  const missing = new Set<string>();
  let length = 0;

  const placeOf = (name: string): string => {
    if (name.startsWith('/') || name.startsWith(headerPrefix)) return name;
    return Object.hasOwn(variables, name) ? (variables[name] ?? '') : `/${escaped(name)}`;
  };
  const isTooLong = () => length > textLengthMax;
  /** The value at a place. All of them count together: a mapping may name a large one many times. */
  const at = (place: string, named = place): unknown => {
    if (isTooLong()) return null;
    const value = valueAt(place, received);
    if (value === undefined) missing.add(named);
    else length += textOf(value).length;
    return isTooLong() ? null : value;
  };
  const filled = (template: string): string =>
    template.replaceAll(placeholder, (typed: string, double?: string, single?: string) => {
      const name = (double ?? single ?? '').trim();
      const value = at(placeOf(name), name);
      return value === undefined ? typed : textOf(value);
    });
  const text = (value: string): string => (isPointer(value) ? textOf(at(value)) : filled(value));
  const deep = (value: unknown): unknown => {
    if (typeof value === 'string') return isPointer(value) ? at(value) : filled(value);
    if (Array.isArray(value)) return value.map(deep);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, deep(inside)]));
  };
  return {
    text,
    deep,
    missing: () => [...missing].slice(0, 50),
    isTooLong,
  };
}

/** Whole pointers have no blanks and no braces; a text that merely begins with a slash mostly does. */
function isPointer(value: string): boolean {
  return value.startsWith('/') && !/[\s{}]/.test(value);
}

function valueAt(place: string, { payload, headers }: Received): unknown {
  if (place.startsWith(headerPrefix)) {
    const name = place.slice(headerPrefix.length).toLowerCase();
    return Object.hasOwn(headers, name) ? headers[name] : undefined;
  }
  return atPointer(payload, place);
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
