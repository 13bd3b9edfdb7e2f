import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../platform/feature.ts';

/** As much of JSON Schema as says which fields a body may have. */
interface BodySchema {
  type?: string | string[];
  const?: unknown;
  properties?: Record<string, BodySchema>;
  patternProperties?: Record<string, BodySchema>;
  additionalProperties?: boolean | BodySchema;
  items?: BodySchema;
  /** Of a body that may be of several types; fields are those of JSON. */
  content?: Record<string, { schema: BodySchema }>;
  anyOf?: BodySchema[];
  oneOf?: BodySchema[];
  allOf?: BodySchema[];
}

const namesMax = 20;
const nameLengthMax = 64;
const headerBytesMax = 1_000;
/** Values looked at, so that a body of a million parts does not become work. */
const partsMax = 10_000;
/** Stands last where more are ignored than are named. */
const andMore = '…';
const nothing: readonly string[] = [];

/**
 * Unknown fields are forgiven, but not in silence: they are named in `meta.ignored` and, whatever the format and the
 * outcome, in the header `X-Ignored-Fields`. On a route that takes no body every field is ignored.
 */
export function nameIgnoredFields(app: App): void {
  app.decorateRequest('ignoredFields', undefined);
  app.decorateReply('nameIgnored', function nameMore(paths) {
    nameIgnored(this.request, this, paths);
  });
  app.addHook('preValidation', (request, reply, done) => {
    const schema = (request.routeOptions.schema?.body ?? { properties: {} }) as BodySchema;
    nameIgnored(
      request,
      reply,
      ignoredFields(schema.content?.['application/json']?.schema ?? schema, request.body),
    );
    done();
  });
}

function nameIgnored(request: FastifyRequest, reply: FastifyReply, paths: readonly string[]): void {
  if (paths.length === 0) return;
  const ignored = [...(request.ignoredFields ?? []), ...paths];
  const named = ignored.length > namesMax + 1 ? [...ignored.slice(0, namesMax), andMore] : ignored;
  request.ignoredFields = named;
  reply.header('x-ignored-fields', headerOf(named));
}

/** Paths (`a.b`, `items[].c`) of the fields that the schema does not know; at most 20, then `…`. */
export function ignoredFields(schema: BodySchema, body: unknown): readonly string[] {
  const budget = { parts: partsMax };
  const paths = [...collect(schema, body, '', budget)];
  if (paths.length === 0) return nothing;
  return paths.length > namesMax ? [...paths.slice(0, namesMax), andMore] : paths;
}

function collect(schema: BodySchema, value: unknown, path: string, budget: { parts: number }): Set<string> {
  const branches = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (budget.parts-- <= 0 || typeof value !== 'object' || value === null) return new Set();
  if (branches) return ofBranches(branches, value, path, budget);
  const found = new Set<string>();
  const add = (paths: Iterable<string>) => {
    for (const one of paths) if (found.size <= namesMax) found.add(one);
  };
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) add(collect(schema.items, item, `${path}[]`, budget));
    return found;
  }
  for (const [name, inside] of Object.entries(value)) {
    const at = path === '' ? shortened(name) : `${path}.${shortened(name)}`;
    const known = fieldOf(schema, name);
    if (known === undefined) add([at]);
    else if (known !== true) add(collect(known, inside, at, budget));
  }
  return found;
}

/** Of several shapes, only what none of those that the value may have knows. */
function ofBranches(
  branches: readonly BodySchema[],
  value: object,
  path: string,
  budget: { parts: number },
): Set<string> {
  const type = Array.isArray(value) ? 'array' : 'object';
  const fitting = branches.filter(
    (branch) => (branch.type === undefined || [branch.type].flat().includes(type)) && isMeant(branch, value),
  );
  const [first, ...others] = fitting.map((branch) => collect(branch, value, path, budget));
  return others.reduce((both, other) => both.intersection(other), first ?? new Set<string>());
}

/** Whether the words that tell shapes apart (`kind: "text"`) are those of this shape. */
function isMeant({ properties }: BodySchema, value: object): boolean {
  return Object.entries(properties ?? {}).every(([name, field]) => {
    const given = (value as Record<string, unknown>)[name];
    return field.const === undefined || given === undefined || field.const === given;
  });
}

/** The schema of a field; true where anything goes, undefined where the field is unknown. */
function fieldOf(schema: BodySchema, name: string): BodySchema | true | undefined {
  const { properties, patternProperties, additionalProperties } = schema;
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  for (const [pattern, inside] of Object.entries(patternProperties ?? {})) {
    if (new RegExp(pattern, 'u').test(name)) return inside;
  }
  if (typeof additionalProperties === 'object') return additionalProperties;
  return additionalProperties === true || !properties ? true : undefined;
}

function shortened(name: string): string {
  if (name.length <= nameLengthMax) return name;
  const letters = [...name.slice(0, 2 * nameLengthMax)].slice(0, nameLengthMax);
  return `${letters.join('')}${andMore}`;
}

/** As a header may carry it: what is not plain in a name is percent-encoded, whole names only. */
function headerOf(names: readonly string[]): string {
  let header = '';
  for (const name of names) {
    const plain = name === andMore ? '...' : encodeURIComponent(name).replaceAll('%5B%5D', '[]');
    const longer = header === '' ? plain : `${header}, ${plain}`;
    if (longer.length > headerBytesMax) return header === '' ? '...' : `${header}, ...`;
    header = longer;
  }
  return header;
}
