import type { Json } from '../../../platform/db/json-column.ts';
import type { Program } from '../program/program.ts';

const prefix = 'webhook.body.';
const fieldsMax = 20;
const depthMax = 12;

/** What conditions of each program ask of the answers of other programs. */
const asked = new WeakMap<Program['nodes'], readonly string[]>();

/** The config of a call that also saves whatever conditions of its program ask of the answer, by pointers into it. */
export function withBodyFields({ nodes }: Program, config: Json): Json {
  const fields = asked.get(nodes) ?? [...new Set(fieldsIn(nodes, 0))].slice(0, fieldsMax);
  asked.set(nodes, fields);
  if (fields.length === 0) return config;
  const own = typeof config.save === 'object' && config.save !== null ? config.save : {};
  const save = Object.fromEntries(fields.map((field) => [field, field.slice(prefix.length)]));
  return { ...config, save: { ...save, ...own } };
}

function fieldsIn(value: unknown, depth: number): string[] {
  if (typeof value !== 'object' || value === null || depth > depthMax) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'field' && typeof inner === 'string' && inner.startsWith(prefix)
      ? [inner]
      : fieldsIn(inner, depth + 1),
  );
}
