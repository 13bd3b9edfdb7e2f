import type { JsonSchema } from './example.ts';
import { shownKey } from './schema.ts';

/**
 * Replaces schemas that are to be shown in another way by a reference to their component; answers the components. They
 * are described once, or each of many routes would repeat them.
 */
export function showComponents(document: object): Record<string, JsonSchema> {
  const components: Record<string, JsonSchema> = {};

  function shown(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(shown);
    if (typeof node !== 'object' || node === null) return node;
    const mark = (node as Record<string, unknown>)[shownKey] as
      | { name: string; shown?: JsonSchema }
      | undefined;
    if (!mark) return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, shown(value)]));
    if (mark.shown) components[mark.name] ??= shown(mark.shown) as JsonSchema;
    const component = { $ref: `#/components/schemas/${mark.name}` };
    const { type } = node as JsonSchema;
    return Array.isArray(type) && type.includes('null')
      ? { anyOf: [component, { type: 'null' }] }
      : component;
  }

  for (const [name, value] of Object.entries(document)) {
    if (name === 'paths') Object.assign(document, { paths: shown(value) });
  }
  return components;
}
