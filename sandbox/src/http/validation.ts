import { AjvCompiler } from '@fastify/ajv-compiler';
import type { FastifySchemaCompiler, FastifySchemaValidationError, RouteOptions } from 'fastify';
import { closed } from './closed.ts';

const shared = {
  useDefaults: true,
  removeAdditional: false,
  keywords: ['example'],
  discriminator: true,
  strictTypes: false,
  // A problem comes with the schema it is about, so that what would be right can be said.
  verbose: true,
};

/** All problems of a request are looked for when it holds no more values than this; of a larger one, the first. */
const VALUES_MAX = 2000;

type Check = ((value: unknown) => boolean) & { errors?: FastifySchemaValidationError[] | null };
type Part = Parameters<FastifySchemaCompiler<unknown>>[0];

const compilers = AjvCompiler();
const compilerOf = (coerceTypes: 'array' | false, allErrors: boolean) =>
  compilers({}, { customOptions: { ...shared, coerceTypes, allErrors } });
const builders = {
  typed: { first: compilerOf(false, false), all: compilerOf(false, true) },
  text: { first: compilerOf('array', false), all: compilerOf('array', true) },
};
/** What was compiled, by schema: networks that are started in one process share it. */
const checks = new WeakMap<object, Map<string, Check>>();

/**
 * Values of a query or path are text and become what the schema says; values of a body are typed already and stay as
 * they are, or null would turn into an empty text. Fields that the API does not know are refused.
 */
export function validatorCompiler(): FastifySchemaCompiler<unknown> {
  return (part) => {
    const isTyped = part.httpPart === 'body';
    // Compiled when first used: a hundred routes must not hold up the start.
    const first = () => checkOf(part, isTyped ? 'typed' : 'text', 'first');
    const all = () => checkOf(part, isTyped ? 'typed' : 'text', 'all');
    return (value) => {
      const check = first();
      if (check(value)) return true;
      if (valuesIn(value) > VALUES_MAX) return { error: check.errors ?? [] };
      const checkAll = all();
      checkAll(value);
      return { error: checkAll.errors ?? check.errors ?? [] };
    };
  };
}

function checkOf(part: Part, kind: 'typed' | 'text', found: 'first' | 'all'): Check {
  const schema = part.schema as object;
  const known = checks.get(schema) ?? new Map<string, Check>();
  checks.set(schema, known);
  const key = `${kind} ${found} ${isOurs(part)}`;
  const compiled = known.get(key) ?? build(part, kind, found);
  known.set(key, compiled);
  return compiled;
}

function build(part: Part, kind: 'typed' | 'text', found: 'first' | 'all'): Check {
  const ours = isOurs(part) ? { ...part, schema: closed(part.schema) } : part;
  return builders[kind][found](ours as never) as unknown as Check;
}

const noFields = { type: 'object', properties: {} };

/** Gives routes of the API that take no query one without fields, so that a misspelt query is refused there, too. */
export function closeQuery(route: RouteOptions): void {
  const isDocumented = route.schema !== undefined && !(route.schema as { hide?: boolean }).hide;
  if (!isDocumented || route.schema?.querystring || !route.url.startsWith('/api/')) return;
  route.schema = { ...route.schema, querystring: noFields };
}

/** Whether the API alone says what this part of a request holds; clients of the media host add what they like. */
function isOurs({ url, httpPart }: Part): boolean {
  return (url ?? '').startsWith('/api/') && (httpPart === 'body' || httpPart === 'querystring');
}

function valuesIn(value: unknown): number {
  let count = 0;
  const waiting = [value];
  while (waiting.length > 0 && count <= VALUES_MAX) {
    const next = waiting.pop();
    count += 1;
    if (typeof next !== 'object' || next === null) continue;
    for (const each of Object.values(next)) {
      waiting.push(each);
      if (waiting.length > VALUES_MAX) return waiting.length;
    }
  }
  return count;
}
