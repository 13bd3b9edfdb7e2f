import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from './example.ts';
import { shownKey } from './schema.ts';

type Fields = Record<string, unknown>;

/** A title that is a name, and no sentence. */
const aName = /^[A-Z]\w*$/;
/** Where examples and values stand: what looks like a schema there is none. */
const values = new Set(['example', 'examples', 'default', 'const', 'enum', 'required']);
const maps = new Set(['properties', 'patternProperties']);

/**
 * Replaces schemas that have a name by a reference to their component; answers the components. They are described once,
 * or each of many routes would repeat them, and generated clients would have a type for each. A schema has a name by its
 * `title`, or by being shown in another way than answers are written. `also` are components of their own names.
 * @throws Error when two different schemas have the same name.
 */
export function showComponents(
  document: object,
  also: Record<string, JsonSchema> = {},
): Record<string, JsonSchema> {
  const components: Record<string, JsonSchema> = {};
  const written = new Map<string, Fields>();

  function keep(name: string, schema: Fields): void {
    const { description: _, examples: __, default: ___, ...rest } = schema;
    const known = written.get(name);
    if (known === undefined) {
      written.set(name, rest);
      components[name] = schema as JsonSchema;
    } else if (!isDeepStrictEqual(known, rest)) {
      throw new Error(`Two schemas have the title ${name}: give one of them another.`);
    }
  }

  function fields(node: Fields): Fields {
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => {
        if (values.has(key)) return [key, value];
        // How TypeBox writes a record; generated clients know only the other way.
        const any = key === 'patternProperties' && isFields(value) ? value['^.*$'] : undefined;
        if (any !== undefined) return ['additionalProperties', shown(any)];
        if (!maps.has(key) || !isFields(value)) return [key, shown(value)];
        return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(one)]))];
      }),
    );
  }

  function shown(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(shown);
    if (!isFields(node)) return node;
    const mark = node[shownKey] as { name: string; shown?: Fields } | undefined;
    const name = mark?.name ?? (typeof node.title === 'string' && aName.test(node.title) && node.title);
    if (!name) return fields(node);
    const { type, description } = node;
    const isNullable = Array.isArray(type) && type.includes('null');
    if (mark) {
      if (mark.shown && !components[name]) components[name] = fields(mark.shown) as JsonSchema;
    } else {
      const others = isNullable ? type.filter((one) => one !== 'null') : [];
      keep(name, fields(isNullable ? { ...node, type: others.length > 1 ? others : others[0] } : node));
    }
    const component = { $ref: `#/components/schemas/${name}` };
    if (isNullable) {
      return {
        anyOf: [component, { type: 'null' }],
        ...(!mark && description !== undefined && { description }),
      };
    }
    const isOwn = !mark && description !== undefined && description !== components[name]?.description;
    return isOwn ? { ...component, description } : component;
  }

  for (const [name, value] of Object.entries(document)) {
    if (name === 'paths' || name === 'webhooks') Object.assign(document, { [name]: shown(value) });
  }
  for (const [name, schema] of Object.entries(also)) components[name] = shown(schema) as JsonSchema;
  return components;
}

const isFields = (node: unknown): node is Fields =>
  typeof node === 'object' && node !== null && !Array.isArray(node);
