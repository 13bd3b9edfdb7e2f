import type { Json } from '../../../platform/db/json-column.ts';
import type { JsonMode } from '../provider/provider.ts';

/** The shape that an answer must have, as a JSON Schema of an object. */
export interface AnswerShape {
  readonly name: string;
  readonly schema: Json;
}

/** What is put behind the instructions, where the server takes no schema. */
export function shapeInWords({ schema }: AnswerShape, mode: JsonMode): string {
  if (mode === 'schema') return '';
  return `\n\nAnswer with one JSON object and nothing else. It must fit this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** The object in an answer, also from between the fences or words that models like to put around it. */
export function readJsonAnswer(text: string): Json | undefined {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  if (from < 0 || to < from) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(from, to + 1));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
