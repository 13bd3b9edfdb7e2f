import { isUtf8 } from 'node:buffer';
import { Failure, type Problem } from './failures.ts';

export const jsonDepthMax = 64;

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const openBracket = 0x5b;
const closeBrace = 0x7d;
const closeBracket = 0x5d;
const byteOrderMark = '\uFEFF';

/** Texts without any of these hold nothing that has to be looked at after parsing. */
const suspicious = /__proto__|constructor|\\u|\d[eE]\+?\d{2}|\d{300}/;

/**
 * Reads a JSON body: strict UTF-8, at most 64 levels, no NUL and no lone surrogate in any text (PostgreSQL
 * can't keep the first, UTF-8 not the second), no number beyond a double. `__proto__` is dropped. Of two
 * equal keys the last one counts.
 * @throws Failure MALFORMED_JSON, or VALIDATION_ERROR with every offending path.
 */
export function parseJsonText(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Failure('MALFORMED_JSON', { says: 'The body is not valid UTF-8.' });
  if (isTooDeep(bytes)) {
    throw new Failure('VALIDATION_ERROR', {
      details: [{ path: '', problem: `is nested deeper than ${jsonDepthMax} levels` }],
    });
  }
  let text = bytes.toString('utf8');
  if (text.startsWith(byteOrderMark)) text = text.slice(1);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure('MALFORMED_JSON', { cause: error });
  }
  if (suspicious.test(text)) {
    const problems: Problem[] = [];
    cleanse(value, '', problems);
    if (problems.length > 0) throw new Failure('VALIDATION_ERROR', { details: problems });
  }
  return value;
}

/** Counted on the bytes, so that a bomb is refused before the parser builds it. */
function isTooDeep(bytes: Buffer): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inText) {
      if (byte === backslash) at++;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === openBrace || byte === openBracket) {
      if (++depth > jsonDepthMax) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return false;
}

function cleanse(value: unknown, path: string, problems: Problem[]): void {
  if (typeof value === 'string') {
    const problem = textProblem(value);
    if (problem) problems.push({ path, problem });
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) problems.push({ path, problem: 'is too large a number' });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) cleanse(item, `${path}/${index}`, problems);
  } else if (value !== null && typeof value === 'object') {
    cleanseObject(value as Record<string, unknown>, path, problems);
  }
}

function cleanseObject(object: Record<string, unknown>, path: string, problems: Problem[]): void {
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (key === '__proto__' || (key === 'constructor' && hasPrototype(item))) {
      delete object[key];
      continue;
    }
    const problem = textProblem(key);
    if (problem) problems.push({ path, problem: `a key ${problem}` });
    cleanse(item, `${path}/${key}`, problems);
  }
}

function hasPrototype(value: unknown): boolean {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, 'prototype');
}

/** What no text of ours may hold, or undefined. */
export function textProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain NUL characters';
  if (!text.isWellFormed()) return 'must not contain half of a surrogate pair';
  return undefined;
}
