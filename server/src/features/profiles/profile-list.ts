import Type, { type Static } from 'typebox';
import { cursorBesideOffset, PageQuery, page } from '../../http/list.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import { profileStatuses } from './connection-table.ts';
import { engineOf } from './profile-changes.ts';
import {
  isMoment,
  type ProfileEdge,
  type ProfileFilter,
  type ProfileOrder,
  type SortColumn,
} from './profiles-seen.store.ts';

const statuses = profileStatuses.join('|');
const sorts = [
  '-createdAt',
  'createdAt',
  'name',
  '-name',
  'status',
  '-status',
  '-statusSince',
  'statusSince',
] as const;

/** What narrows a list of profiles, and their counts. */
export const FilterQuery = Type.Object({
  workspaceId: Type.Optional(Type.String()),
  engine: Type.Optional(Type.String({ maxLength: 40 })),
  nodeId: Type.Optional(
    Type.String({ maxLength: 200, description: 'The server that holds the connection.' }),
  ),
  label: Type.Optional(Type.String({ maxLength: 50 })),
  search: Type.Optional(
    Type.String({ maxLength: 200, description: 'A part of the name, the number or the name at WhatsApp.' }),
  ),
});

export const StatusQuery = Type.Optional(
  Type.String({
    pattern: `^(${statuses})(,(${statuses}))*$`,
    maxLength: 200,
    description: 'One status or several, with commas between them.',
  }),
);

export const ListQuery = Type.Object({
  ...FilterQuery.properties,
  status: StatusQuery,
  sort: Type.Optional(
    Type.Enum([...sorts], {
      description: 'With `-` in front downwards; `-createdAt`, newest first, unless said.',
    }),
  ),
  ...PageQuery.properties,
  cursor: cursorBesideOffset('`X-Next-Cursor` and `meta.nextCursor`'),
});

/** An engine that nobody knows has no profiles. */
export function filterOf({
  engine,
  ...query
}: Static<typeof FilterQuery> & { status?: string }): ProfileFilter {
  const { workspaceId, nodeId, label, search, status } = query;
  return {
    ...{ workspaceId: workspaceId || undefined, nodeId, label: label?.trim() || undefined },
    search: search?.trim() || undefined,
    engine: engine && (engineOf(engine) ?? engine),
    statuses: status?.split(','),
  };
}

/** The page that is asked for, with one profile more: it tells whether there is another page. */
export function pageOf(query: Static<typeof ListQuery>) {
  const sort = query.sort ?? '-createdAt';
  const { limit, offset } = page(query);
  const order: ProfileOrder = { by: sort.replace('-', '') as SortColumn, isDown: sort.startsWith('-') };
  const after = query.cursor ? readCursor(query.cursor, sort) : undefined;
  return { sort, order, after, limit: limit + 1, offset: after ? 0 : offset };
}

/** Opaque to clients; good for the order it was made in only. */
export function writeCursor(sort: string, { key, id }: ProfileEdge): string {
  return Buffer.from(JSON.stringify([sort, key, id])).toString('base64url');
}

function readCursor(cursor: string, sort: string): ProfileEdge {
  const [order, key, id] = valuesOf(cursor);
  const isKey = typeof key === 'string' && !key.includes('\0');
  const isReadable = isKey && (!isMoment(sort.replace('-', '') as SortColumn) || isTime(key));
  if (order === sort && isReadable && typeof id === 'string' && isUuid(id)) return { key, id };
  throw new Failure('VALIDATION_ERROR', {
    says: 'The cursor is not one of ours.',
    details: [{ path: '/cursor', problem: 'is not a cursor of a page before, in this order' }],
  });
}

const moment = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/;

/** Whether the database can read it: the days that a month has, and no others. */
function isTime(text: string): boolean {
  const date = new Date(moment.test(text) ? `${text.replace(' ', 'T')}Z` : Number.NaN);
  return !Number.isNaN(date.getTime()) && date.toISOString().replace('T', ' ').startsWith(text.slice(0, 19));
}

function valuesOf(cursor: string): unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(values) ? values : [];
  } catch {
    return [];
  }
}
