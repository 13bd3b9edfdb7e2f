import { createHash } from 'node:crypto';

/*
 * Strangers write what comes over the wire: PostgreSQL stores no NUL, JSON holds no half of a surrogate pair, and nothing
 * bounds the length of a name. Everything an engine tells the application passes `wellFormed` first.
 */

const idMax = 128;
const shortMax = 256;
const titleMax = 1024;
const otherMax = 4096;
const textMax = 65_536;
/** Characters of all long strings of one message together, and how many values it may consist of. */
const charactersMax = 131_072;
const valuesMax = 20_000;
const itemsMax = 1024;
const receiptIdsMax = 10_000;
const depthMax = 8;
/** WhatsApp is no older than this; a clock may be a day ahead. */
const earliestMs = Date.UTC(2009, 0);
const aheadMsMax = 86_400_000;
/** Names of moments at which something happened; other moments may be long ago or far ahead. */
const happenings = new Set(['timestamp', 'at']);
const latestMs = Date.UTC(9999, 0);

/** How long the strings under a name may be; all others may have `otherMax` characters. */
const limits = new Map<string, number>([
  ...['text', 'caption', 'description', 'vcard', 'raw', 'sealed'].map((name) => [name, textMax] as const),
  ...['name', 'mimetype', 'emoji'].map((name) => [name, shortMax] as const),
  ...['filename', 'title', 'question', 'options', 'address'].map((name) => [name, titleMax] as const),
]);
const idNames = new Set(['id', 'ids', 'quotedId', 'targetId']);

interface Walk {
  now: Date;
  charactersLeft: number;
  valuesLeft: number;
  cut: boolean;
}

/**
 * A copy whose strings are well-formed and bounded, whose numbers JSON can carry, whose lists and depth have an end and
 * whose moments are possible ones (else `now`). Content that had to be cut says `truncated`.
 */
export function wellFormed<T extends object>(value: T, now: Date): T {
  const walk: Walk = { now, charactersLeft: charactersMax, valuesLeft: valuesMax, cut: false };
  const copy = copyOf(value, '', 0, walk) as T & { content?: unknown };
  if (walk.cut && typeof copy.content === 'object' && copy.content !== null) {
    copy.content = { ...copy.content, truncated: true };
  }
  return copy;
}

/** The same in place, for objects that are known by their identity. */
export function makeWellFormed(value: object, now: Date): void {
  const copy = wellFormed(value, now);
  for (const name of Object.keys(value)) if (!(name in copy)) Reflect.deleteProperty(value, name);
  Object.assign(value, copy);
}

/** The stored form of an id of the wire: when it is too long, its beginning and a hash of the whole. */
export function wellFormedId(id: string): string {
  const whole = withoutNonsense(id);
  if (whole.length <= idMax) return whole;
  const hash = createHash('sha256').update(whole).digest('base64url');
  return `${withoutNonsense(whole.slice(0, idMax - hash.length - 1))}~${hash}`;
}

function copyOf(value: unknown, name: string, depth: number, walk: Walk): unknown {
  walk.valuesLeft -= 1;
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'string') return idNames.has(name) ? wellFormedId(value) : textOf(value, name, walk);
  if (typeof value === 'number') return isExact(value) ? value : undefined;
  if (typeof value !== 'object') return undefined;
  if (value instanceof Date) return momentOf(value, name, walk.now);
  if (ArrayBuffer.isView(value) || depth === depthMax) {
    walk.cut = true;
    return undefined;
  }
  return Array.isArray(value) ? listOf(value, name, depth, walk) : objectOf(value, depth, walk);
}

function listOf(list: unknown[], name: string, depth: number, walk: Walk): unknown[] {
  const max = idNames.has(name) ? receiptIdsMax : itemsMax;
  if (list.length > max) walk.cut = true;
  const copy: unknown[] = [];
  for (const item of list.slice(0, max)) {
    if (isFull(walk)) break;
    const part = copyOf(item, name, depth + 1, walk);
    if (part !== undefined) copy.push(part);
  }
  return copy;
}

function objectOf(object: object, depth: number, walk: Walk): object {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    if (name === '__proto__' || isFull(walk)) continue;
    const part = copyOf(value, name, depth + 1, walk);
    if (part !== undefined) copy[withoutNonsense(name.slice(0, shortMax))] = part;
  }
  return copy;
}

function isFull(walk: Walk): boolean {
  if (walk.valuesLeft <= 0) walk.cut = true;
  return walk.valuesLeft <= 0;
}

function textOf(text: string, name: string, walk: Walk): string {
  let max = limits.get(name) ?? otherMax;
  // Short strings stay whole: a long text before them must not cut an address or the name of a kind.
  if (text.length > shortMax) {
    max = Math.min(max, Math.max(shortMax, walk.charactersLeft));
    walk.charactersLeft -= Math.min(text.length, max);
  }
  if (text.length <= max) return withoutNonsense(text);
  walk.cut = true;
  // Not in the middle of a surrogate pair.
  const end = isHighSurrogate(text.charCodeAt(max - 1)) ? max - 1 : max;
  return withoutNonsense(text.slice(0, end));
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;

function withoutNonsense(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** Whether every reader of our JSON gets the same number. */
const isExact = (number: number) => Math.abs(number) <= Number.MAX_SAFE_INTEGER;

function momentOf(moment: Date, name: string, now: Date): Date {
  const ms = moment.getTime();
  const isPossible = happenings.has(name)
    ? ms >= earliestMs && ms <= now.getTime() + aheadMsMax
    : ms >= 0 && ms <= latestMs;
  return isPossible ? moment : now;
}
