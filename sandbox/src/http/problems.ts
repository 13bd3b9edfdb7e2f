import type { FastifySchemaValidationError } from 'fastify';

const PROBLEMS_MAX = 20;
const VALUES_MAX = 20;
const ECHO_MAX = 60;

type Problem = FastifySchemaValidationError & {
  readonly data?: unknown;
  readonly parentSchema?: {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly oneOf?: readonly { readonly properties?: Readonly<Record<string, { const?: unknown }>> }[];
  };
};

/** All problems of one part of a request (`body`, `querystring`…) in one sentence each, with what would be right. */
export function sentence(problems: readonly FastifySchemaValidationError[], part: string): string {
  const said = [...new Set(withoutEchoes(problems).map((each) => describe(each as Problem, part)))];
  const more = said.length - PROBLEMS_MAX;
  return said
    .slice(0, PROBLEMS_MAX)
    .concat(more > 0 ? [`and ${more} more`] : [])
    .join('; ');
}

/** Of what may be one thing or null, what is said about null is left out, and so is that neither fits. */
function withoutEchoes(problems: readonly FastifySchemaValidationError[]): FastifySchemaValidationError[] {
  const own = problems.filter(
    ({ keyword, params }) => keyword !== 'anyOf' && !(keyword === 'type' && params.type === 'null'),
  );
  return own.length > 0 ? own : [...problems];
}

function describe(
  { keyword, instancePath, params, message, parentSchema, data }: Problem,
  part: string,
): string {
  const place = short(`${part === 'querystring' ? 'query' : part}${instancePath}`);
  switch (keyword) {
    case 'additionalProperties': {
      const known = Object.keys(parentSchema?.properties ?? {});
      return `${place} has no field "${short(String(params.additionalProperty))}"; ${hint(String(params.additionalProperty), known)}`;
    }
    case 'enum':
      return `${place} must be one of: ${listed(params.allowedValues as unknown[], data)}`;
    case 'const':
      return `${place} must be ${JSON.stringify(params.allowedValue)}`;
    case 'discriminator': {
      const tag = String(params.tag);
      const values = (parentSchema?.oneOf ?? []).map((each) => each.properties?.[tag]?.const);
      return `${place}/${tag} must be one of: ${listed(values)}`;
    }
    default:
      return `${place} ${message}`;
  }
}

/** Names the field that was meant, if one is near; else all there are. */
function hint(name: string, known: string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? 'it has none' : `it has: ${listed(known)}`;
}

/** The values there are; of many, the one that is nearest to what was given, or the first. */
function listed(values: readonly unknown[], given?: unknown): string {
  const all = values.map(String);
  const more = all.length - VALUES_MAX;
  if (more <= 0) return all.join(', ');
  const near = typeof given === 'string' ? nearest(given, all) : undefined;
  if (near !== undefined) return `the ${all.length} of /api/docs; did you mean "${near}"?`;
  return `${all.slice(0, VALUES_MAX).join(', ')} and ${more} more, see /api/docs`;
}

function short(text: string): string {
  return text.length > ECHO_MAX ? `${text.slice(0, ECHO_MAX)}…` : text;
}

/** The word that is a few slips away from this one; undefined when none is near. */
function nearest(word: string, words: readonly string[]): string | undefined {
  const asked = word.slice(0, ECHO_MAX).toLowerCase();
  const slipsMax = Math.ceil(asked.length * 0.4);
  const ranked = words
    .map((each) => ({ each, slips: distance(asked, each.toLowerCase()) }))
    .filter(({ slips }) => slips <= slipsMax)
    .sort((one, other) => one.slips - other.slips);
  return ranked[0]?.each;
}

/** Levenshtein distance: how many letters are added, left out or changed between two words. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (let at = 1; at <= other.length; at += 1) {
      const changed = (row[at - 1] ?? 0) + (letter === other[at - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
