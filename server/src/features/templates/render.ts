import { Failure, type Problem } from '../../platform/failures.ts';
import { type Part, partsOf } from './placeholders.ts';

/** Where values may come from; of two that know a name the earlier one counts. */
export interface Source {
  /** As a preview names it: `variables`, `recipient`, `contact`, `organization` … */
  readonly from: string;
  readonly values: object;
}

/** A name that was filled in. `from` is `fallback` where no source had a value and the text brought its own. */
export interface Used {
  name: string;
  value: string;
  from: string;
}

/** A message with its variables filled in. */
export interface Rendered<Content> {
  rendered: Content;
  /** Names that no source knows: they stay as they were typed. */
  unknown: string[];
  used: Used[];
}

const inputBytesMax = 65_536;
const valueBytesMax = 4_096;
const outputBytesMax = 65_536;
const depthMax = 16;

/** What says where a file is or what it is, never filled in: a value could lead elsewhere. */
export const literalFields: ReadonlySet<string> = new Set([
  'url',
  'base64',
  'mediaId',
  'mimetype',
  'filename',
]);

/**
 * Fills `{name}` and `{{name}}` in every string of a message, in one pass: what is filled in is never read again. Arrays
 * stay arrays, and fields that name a file stay as they are. Values are strings, numbers and booleans; `a.b` is the field
 * `b` of `a`, or a field of that very name. Of a value that is missing or empty, `{{name|there}}` shows `there`.
 * @throws Failure VALIDATION_ERROR for a message or a value that is too large
 */
export function render<Content>(content: Content, sources: readonly Source[]): Rendered<Content> {
  const used = new Map<string, Used>();
  const unknown = new Set<string>();
  const lookUp = remembering(sources);
  let left = outputBytesMax;

  function fill(part: Part, path: string): string {
    if (typeof part === 'string') return part;
    const { name, fallback, typed } = part;
    const found = lookUp(name);
    const takesFallback = fallback !== undefined && !found?.value;
    if (takesFallback) {
      used.set(name, { name, value: fallback, from: 'fallback' });
      return fallback;
    }
    if (!found) {
      unknown.add(name);
      return typed;
    }
    if (Buffer.byteLength(found.value) > valueBytesMax) {
      throw tooLarge(path, `the value of ${name} is longer than ${valueBytesMax} bytes`);
    }
    used.set(name, found);
    return found.value;
  }

  function textOf(text: string, path: string): string {
    let out = '';
    for (const part of text.includes('{') ? partsOf(text) : [text]) {
      const filled = fill(part, path);
      left -= Buffer.byteLength(filled);
      if (left < 0) throw tooLarge(path, `the filled-in message is longer than ${outputBytesMax} bytes`);
      out += filled;
    }
    return out;
  }

  checkSize(content);
  return {
    rendered: eachText(content, textOf) as Content,
    unknown: [...unknown],
    used: [...used.values()],
  };
}

/** The names in the texts of a message, each once, in the order they appear. */
export function namesIn(content: unknown): string[] {
  const names = new Set<string>();
  checkSize(content);
  eachText(content, (text) => {
    for (const part of partsOf(text)) if (typeof part !== 'string') names.add(part.name);
    return text;
  });
  return [...names];
}

/** A name is looked up once, however often a text has it. */
function remembering(sources: readonly Source[]): (name: string) => Used | undefined {
  const found = new Map<string, Used | undefined>();
  return (name) => {
    if (!found.has(name)) found.set(name, lookedUp(sources, name));
    return found.get(name);
  };
}

function lookedUp(sources: readonly Source[], name: string): Used | undefined {
  for (const { from, values } of sources) {
    const value = valueIn(values, name);
    if (value !== undefined) return { name, value, from };
  }
  return undefined;
}

/** By own properties only: `constructor` is no value of anybody. */
function valueIn(values: object, name: string): string | undefined {
  if (Object.hasOwn(values, name)) return wordsOf(values[name as never]);
  const dot = name.indexOf('.');
  const head = name.slice(0, dot);
  if (dot < 0 || !Object.hasOwn(values, head)) return undefined;
  const inner: unknown = values[head as never];
  return typeof inner === 'object' && inner !== null ? valueIn(inner, name.slice(dot + 1)) : undefined;
}

function wordsOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The same content with every text replaced, but for fields that stay as they are. */
function eachText(content: unknown, replaced: (text: string, path: string) => string, path = ''): unknown {
  if (typeof content === 'string') return replaced(content, path);
  if (Array.isArray(content)) {
    return content.map((one, index) => eachText(one, replaced, `${path}/${index}`));
  }
  if (typeof content !== 'object' || content === null) return content;
  const entries = Object.entries(content).map(([name, value]) => [
    name,
    literalFields.has(name) && typeof value === 'string'
      ? value
      : eachText(value, replaced, `${path}/${name}`),
  ]);
  return Object.fromEntries(entries);
}

/** Before anything goes into its depth. */
function checkSize(content: unknown): void {
  let left = inputBytesMax;
  const visit = (value: unknown, depth: number, field?: string): void => {
    if (depth > depthMax) throw tooLarge('', `more than ${depthMax} levels`);
    if (typeof value === 'string' && !literalFields.has(field ?? '')) left -= Buffer.byteLength(value);
    if (left < 0) throw tooLarge('', `longer than ${inputBytesMax} bytes`);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) visit(inner, depth + 1, name);
  };
  visit(content, 0);
}

function tooLarge(path: string, problem: string): Failure {
  const details: Problem[] = [{ path: `/content${path}`, problem }];
  return new Failure('VALIDATION_ERROR', { details });
}
