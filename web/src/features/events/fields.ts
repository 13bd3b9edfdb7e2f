import { plain } from '../developers/index.ts';

interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

/** A field of a payload, in words. */
export interface SchemaField {
  name: string;
  type: string;
  isOptional: boolean;
  says: string | undefined;
}

/** The fields of an object of a JSON Schema, one level deep: what is below is seen in the example. */
export function fieldsOf(schema: Record<string, unknown>): SchemaField[] {
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties).map(([name, field]) => ({
    name,
    type: typeOf(field),
    isOptional: !required.includes(name),
    says: field.description && plain(field.description),
  }));
}

/** How the type of a value is written: `string | null`, `"text" | "image"`, `object[]`. */
export function typeOf({ type, enum: words, const: word, anyOf, items }: Schema): string {
  if (word !== undefined) return JSON.stringify(word);
  if (words) return words.map((each) => JSON.stringify(each)).join(' | ');
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' | ');
  if (type === 'array') return items ? `${wrapped(typeOf(items))}[]` : 'array';
  return Array.isArray(type) ? type.join(' | ') : (type ?? 'any');
}

const wrapped = (type: string): string => (type.includes(' | ') ? `(${type})` : type);
