import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { Failure } from '../platform/failures.ts';
import { isUuid } from '../platform/ids.ts';
import type { Edge, Slice } from '../platform/slice.ts';

export const nextCursorHeader = 'x-next-cursor';

const pageSizeDefault = 50;
export const pageSizeMax = 200;
const offsetMax = 2 ** 31 - 1;

/** How many rows a page has; out of range is clamped, never refused. */
export const limitOf = (rows: number = pageSizeDefault) =>
  Type.Optional(Type.Integer({ default: rows, description: `1 to ${pageSizeMax}; more is clamped.` }));

/** Where the next page begins; `where` is the place in the answer that has it. */
export const cursorOf = (where: string) =>
  Type.Optional(
    Type.String({
      maxLength: 500,
      description: `Goes on behind the page before, whose answer has it as ${where}.`,
    }),
  );

/** The same for lists that take an `offset`, too. */
export const cursorBesideOffset = (where: string) => cursorOf(`${where}; \`offset\` does not count then`);

/** Query of lists that are paged by `limit` and `offset`. */
export const PageQuery = Type.Object({
  limit: limitOf(),
  offset: Type.Optional(Type.Integer({ default: 0 })),
});

/** Query of lists that answer a bare array: by `limit` and `offset`, or from a cursor on. */
export const CursorQuery = Type.Object({
  ...PageQuery.properties,
  cursor: cursorBesideOffset('`X-Next-Cursor` and `meta.nextCursor`'),
});

/** Brings `limit` and `offset` into their range. */
export function page(query: { limit?: number; offset?: number }): { limit: number; offset: number } {
  const { limit = pageSizeDefault, offset = 0 } = query;
  return {
    limit: Math.min(Math.max(limit, 1), pageSizeMax),
    offset: Math.min(Math.max(offset, 0), offsetMax),
  };
}

interface ListQuery {
  limit?: number;
  offset?: number;
  cursor?: string | undefined;
}

/**
 * The part of a list that a query asks for, and one row more: it tells whether there is another page.
 * @throws Failure VALIDATION_ERROR when the cursor is none of ours.
 */
export function sliceOf(query: ListQuery): Slice {
  const { after, ...slice } = sliceWithNulls(query);
  if (!after) return slice;
  const { at, id } = after;
  if (at === null) throw notOurs();
  return { ...slice, after: { at, id } };
}

/** The same for a list that is ordered by a moment which some rows lack. */
export function sliceWithNulls(query: ListQuery): Slice<Date | null> {
  const { limit, offset } = page(query);
  if (!query.cursor) return { limit: limit + 1, offset };
  return { limit: limit + 1, offset: 0, after: readCursor(query.cursor) };
}

/** Of the rows that were read for a slice those of the page, and the cursor of the next one; `edge` is what orders the list. */
export function cut<Row>(
  slice: { limit: number },
  rows: readonly Row[],
  edge: (row: Row) => Edge<Date | null>,
): { shown: Row[]; next: string | null } {
  const shown = rows.slice(0, slice.limit - 1);
  const last = shown.at(-1);
  return { shown, next: last && rows.length > shown.length ? writeCursor(edge(last)) : null };
}

/** The rows of the page, and in a header where the next one begins; `at` is what orders the list, then the id. */
export function onePage<Row extends { id: string }>(
  reply: FastifyReply,
  slice: Slice,
  rows: readonly Row[],
  at: (row: Row) => string,
): Row[] {
  const { shown, next } = cut(slice, rows, (row) => ({ at: new Date(at(row)), id: row.id }));
  if (next) reply.header(nextCursorHeader, next);
  return shown;
}

/** Opaque to clients. */
function writeCursor({ at, id }: Edge<Date | null>): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function readCursor(cursor: string): Edge<Date | null> {
  const [at, id] = valuesOf(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (typeof id !== 'string' || !isUuid(id)) throw notOurs();
  if (at === null) return { at, id };
  const date = new Date(typeof at === 'string' && moment.test(at) ? at : Number.NaN);
  // A day that a month does not have would be read as one of the next.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== at) throw notOurs();
  return { at: date, id };
}

function valuesOf(text: string): unknown[] {
  // Conversations had cursors of their own, `2026-01-01T00:00:00.000Z|…`, or `|…` for one without a message.
  if (!text.startsWith('[')) return text.split('|').map((value) => value || null);
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    return [];
  }
}

function notOurs(): Failure {
  return new Failure('VALIDATION_ERROR', {
    says: 'The cursor is not one of ours.',
    details: [{ path: '/cursor', problem: 'is not a cursor of a page before' }],
  });
}
