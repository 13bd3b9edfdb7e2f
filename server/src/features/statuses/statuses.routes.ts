import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { pathId } from '../../http/path-id.ts';
import { decodeCursor, encodeCursor, page } from '../../http/schema.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { App } from '../../platform/feature.ts';
import { isUuid } from '../../platform/ids.ts';
import { knowsProfile } from '../../platform/known-profiles.store.ts';
import { presentStatus, StatusesQuery, StatusPage } from './statuses.schema.ts';
import type { Edge, StatusStore } from './statuses.store.ts';

/** `/statuses`: what people post for a day. */
export function statusRoutes(app: App, { db, store }: { db: Db; store: StatusStore }): void {
  app.get(
    '/statuses/profile/:profileId',
    {
      config: { access: 'message:read' },
      schema: {
        tags: ['Statuses'],
        summary: 'List status updates (stories) that reached a profile, newest first.',
        params: Type.Object({ profileId: pathId('PROFILE_NOT_FOUND') }),
        querystring: StatusesQuery,
        response: { 200: StatusPage, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params: { profileId }, query }) => {
      if (!(await knowsProfile(db, actor, profileId))) throw new Failure('PROFILE_NOT_FOUND');
      const { limit } = page(query);
      const after = query.cursor ? readCursor(query.cursor) : undefined;
      const rows = await store.list(actor, profileId, { limit: limit + 1, after });
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      const cursor = last ? encodeCursor([last.timestamp.toISOString(), last.id]) : null;
      return { statuses: shown.map(presentStatus), cursor };
    },
  );
}

function readCursor(cursor: string): Edge {
  const [moment, id] = decodeCursor(cursor) ?? [];
  const at = new Date(typeof moment === 'string' ? moment : Number.NaN);
  if (typeof id === 'string' && isUuid(id) && !Number.isNaN(at.getTime())) return { at, id };
  throw new Failure('VALIDATION_ERROR', {
    details: [{ path: '/cursor', problem: 'is not a cursor we gave out' }],
  });
}
