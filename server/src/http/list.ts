import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { Failure } from '../platform/failures.ts';
import { isUuid } from '../platform/ids.ts';
import type { Slice } from '../platform/slice.ts';
import { decodeCursor, encodeCursor, PageQuery, page } from './schema.ts';

export const nextCursorHeader = 'x-next-cursor';

/** Query of lists that answer a bare array: by `limit` and `offset`, or from a cursor on. */
export const CursorQuery = Type.Object({
  ...PageQuery.properties,
  cursor: Type.Optional(
    Type.String({
      maxLength: 500,
      description:
        'Goes on behind the page before, whose answer has it as `X-Next-Cursor` and `meta.nextCursor`; `offset` does not count then.',
    }),
  ),
});

/**
 * The part of a list that a query asks for, and one row more: it tells whether there is another page.
 * @throws Failure VALIDATION_ERROR when the cursor is none of ours.
 */
export function sliceOf(query: { limit?: number; offset?: number; cursor?: string | undefined }): Slice {
  const { limit, offset } = page(query);
  if (!query.cursor) return { limit: limit + 1, offset };
  const [at, id] = decodeCursor(query.cursor) ?? [];
  const edge = { at: new Date(String(at)), id: String(id) };
  if (isUuid(edge.id) && !Number.isNaN(edge.at.getTime()))
    return { limit: limit + 1, offset: 0, after: edge };
  throw new Failure('VALIDATION_ERROR', {
    says: 'The cursor is not one of ours.',
    details: [{ path: '/cursor', problem: 'is not a cursor of a page before' }],
  });
}

/** The rows of the page, and in a header where the next one begins; `at` is what orders the list, then the id. */
export function onePage<Row extends { id: string }>(
  reply: FastifyReply,
  slice: Slice,
  rows: readonly Row[],
  at: (row: Row) => string,
): Row[] {
  const shown = rows.slice(0, slice.limit - 1);
  const last = shown.at(-1);
  if (last && rows.length > shown.length) reply.header(nextCursorHeader, encodeCursor([at(last), last.id]));
  return shown;
}
