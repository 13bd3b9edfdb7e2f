import type { FastifyReply } from 'fastify';
import { expect, test } from 'vitest';
import { newId } from '../platform/ids.ts';
import { cut, onePage, page, sliceOf, sliceWithNulls } from './list.ts';

const text = (value: string) => Buffer.from(value).toString('base64url');
const forged = (...values: unknown[]) => text(JSON.stringify(values));
const at = '2026-02-05T10:00:00.000Z';
const id = newId();
const notOurs = expect.objectContaining({
  code: 'VALIDATION_ERROR',
  details: [{ path: '/cursor', problem: 'is not a cursor of a page before' }],
});

test('pages are clamped', () => {
  expect(page({})).toEqual({ limit: 50, offset: 0 });
  expect(page({ limit: 1e9, offset: -1 })).toEqual({ limit: 200, offset: 0 });
});

test('a query without a cursor is a slice of one row more than the page', () => {
  expect(sliceOf({})).toEqual({ limit: 51, offset: 0 });
  expect(sliceOf({ limit: 2, offset: 4, cursor: '' })).toEqual({ limit: 3, offset: 4 });
});

test('the cursor of a page leads behind its last row, whatever the offset', () => {
  const rows = ['a', 'b', 'c'].map((name) => ({ name, id: newId() }));
  const { shown, next } = cut({ limit: 3 }, rows, (row) => ({ at: new Date(at), id: row.id }));
  expect(shown.map(({ name }) => name)).toEqual(['a', 'b']);
  const after = { at: new Date(at), id: rows[1]?.id };
  expect(sliceOf({ limit: 2, offset: 9, cursor: next ?? '' })).toEqual({ limit: 3, offset: 0, after });
});

test('the last page has no cursor, and an empty one has none either', () => {
  const edge = (row: string) => ({ at: new Date(at), id: row });
  expect(cut({ limit: 3 }, ['a', 'b'], edge)).toEqual({ shown: ['a', 'b'], next: null });
  expect(cut({ limit: 3 }, [], edge)).toEqual({ shown: [], next: null });
});

test('a bare array has its cursor in a header, and none on the last page', () => {
  const headers: Record<string, unknown> = {};
  const reply = {
    header: (name: string, value: unknown) => (headers[name] = value),
  } as unknown as FastifyReply;
  const rows = [{ id: newId() }, { id: newId() }];
  expect(onePage(reply, { limit: 3, offset: 0 }, rows, () => at)).toEqual(rows);
  expect(headers).toEqual({});
  expect(onePage(reply, { limit: 2, offset: 0 }, rows, () => at)).toEqual([rows[0]]);
  expect(sliceOf({ cursor: String(headers['x-next-cursor']) }).after).toEqual({
    at: new Date(at),
    ...rows[0],
  });
});

test('any other text is no cursor', () => {
  const wrong = ['x', forged(), forged(1, id), forged(at, 'x'), forged('2026-01-01', id), forged(at, 7)];
  const ages = ['+275760-09-13T00:00:00.000Z', '2026-02-31T00:00:00.000Z', '2026-13-01T00:00:00.000Z'];
  const broken = [forged(at, id).slice(1), text('{"a":1}'), text('[1'), text(`12|${id}`), text(`${at}|x`)];
  for (const cursor of [...wrong, ...ages.map((age) => forged(age, id)), ...broken]) {
    expect(() => sliceOf({ cursor }), cursor).toThrow(notOurs);
    expect(() => sliceWithNulls({ cursor }), cursor).toThrow(notOurs);
  }
});

test('rows without a moment have cursors only where a list has such rows', () => {
  const { next } = cut({ limit: 1 }, [id], () => ({ at: null, id }));
  expect(next).toBeNull();
  const cursor = cut({ limit: 2 }, [id, newId()], () => ({ at: null, id })).next ?? '';
  expect(sliceWithNulls({ cursor }).after).toEqual({ at: null, id });
  expect(() => sliceOf({ cursor })).toThrow(notOurs);
});

test('cursors that conversations gave out in a form of their own still lead on', () => {
  expect(sliceWithNulls({ cursor: text(`${at}|${id}`) }).after).toEqual({ at: new Date(at), id });
  expect(sliceWithNulls({ cursor: text(`|${id}`) }).after).toEqual({ at: null, id });
});
