/** As much of a JSON schema as the API's documentation uses. */
export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  examples?: unknown[];
  example?: unknown;
  minimum?: number;
  minItems?: number;
  pattern?: string;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const KNOWN: Record<string, string> = {
  number: '628740000001',
  by: '628740000001',
  to: '628740000002',
  chat: '628740000002',
  other: '628740000002',
};

/** Values that this schema should take: one for each alternative, with every property filled in. */
export function samplesOf(schema: Schema, name = '', depth = 0): Json[] {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.flatMap((each) => samplesOf(each, name, depth));
  if (schema.const !== undefined) return [schema.const as Json];
  if (schema.enum) return [schema.enum[0] as Json];
  const example = schema.examples?.[0] ?? schema.example;
  if (example !== undefined && schema.type !== 'object') return [example as Json];
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return [objectOf(schema, depth), ...(example === undefined ? [] : [example as Json])];
    case 'array':
      return [samplesOf(schema.items ?? {}, name, depth + 1).slice(0, 1)];
    case 'integer':
    case 'number':
      return [Math.max(schema.minimum ?? 1, 1)];
    case 'boolean':
      return [true];
    case 'null':
      return [null];
    default:
      return [KNOWN[name] ?? (name.endsWith('s') ? '628740000003' : 'text')];
  }
}

function objectOf({ properties = {} }: Schema, depth: number): Json {
  if (depth > 6) return {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, each]) => {
      const [value] = samplesOf(each, name, depth + 1);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The paths of all values inside, outermost first. */
export function pathsIn(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [path];
  const inside = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...inside.flatMap(([key, each]) => pathsIn(each, [...path, key]))];
}

/** A copy with another value at this path; `undefined` takes it out. */
export function withValue(whole: Json, path: (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy = structuredClone(whole) as Record<string | number, Json>;
  const inside = withValue(copy[key] ?? null, rest, value);
  if (inside === undefined && !Array.isArray(copy)) delete copy[key];
  else copy[key] = inside as Json;
  return copy;
}
