import { plain } from '../developers/index.ts';

interface DocumentSchema {
  type?: string | string[];
  enum?: unknown[];
  default?: unknown;
  anyOf?: DocumentSchema[];
}
interface DocumentParameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  example?: unknown;
  schema?: DocumentSchema;
}
interface DocumentOperation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: DocumentParameter[];
  requestBody?: { required?: boolean; content?: Record<string, { example?: unknown }> };
}

/** What is read of an OpenAPI document. */
export interface ApiDocument {
  paths: Record<string, Record<string, DocumentOperation>>;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  isRequired: boolean;
  /** The only values it may have. */
  choices: readonly string[];
  says: string | undefined;
  example: string | undefined;
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  group: string;
  parameters: readonly Parameter[];
  /** What it is sent, by example; absent where it takes nothing. */
  body?: { example: unknown; isRequired: boolean };
}

const places = new Set(['path', 'query', 'header']);
const methods = ['get', 'post', 'put', 'patch', 'delete'];
/** Kept for older clients: last in the list. */
const last = 'Compatibility';

/** Every operation of the document, group by group as they stand there. */
export function operationsOf({ paths }: ApiDocument): Operation[] {
  const found = Object.entries(paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const known = operations[method];
      return known?.operationId ? [operationOf(known.operationId, method, path, known)] : [];
    }),
  );
  const groups = [...new Set(found.map(({ group }) => group))];
  const rank = (group: string) => (group === last ? groups.length : groups.indexOf(group));
  return found.toSorted((one, other) => rank(one.group) - rank(other.group));
}

function operationOf(id: string, method: string, path: string, of: DocumentOperation): Operation {
  const json = of.requestBody?.content?.['application/json'];
  return {
    id,
    method: method.toUpperCase(),
    path,
    summary: plain(of.summary ?? id),
    description: plain(of.description ?? ''),
    group: of.tags?.[0] ?? '',
    parameters: (of.parameters ?? []).filter((each) => places.has(each.in)).map(parameterOf),
    ...(json && { body: { example: json.example, isRequired: of.requestBody?.required === true } }),
  };
}

function parameterOf({
  name,
  in: place,
  required,
  description,
  example,
  schema,
}: DocumentParameter): Parameter {
  const choices = schema?.enum ?? schema?.anyOf?.flatMap((each) => each.enum ?? []) ?? [];
  return {
    name,
    in: place as Parameter['in'],
    isRequired: required === true,
    choices: schema?.type === 'boolean' ? ['true', 'false'] : choices.map(String),
    says: description && plain(description),
    example: example === undefined ? undefined : String(example),
  };
}

/** What fits some words: its summary, path, name or group. */
export function found(operations: readonly Operation[], sought: string): Operation[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  return operations.filter(({ id, method, path, summary, group }) => {
    const text = `${method} ${path} ${id} ${summary} ${group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
