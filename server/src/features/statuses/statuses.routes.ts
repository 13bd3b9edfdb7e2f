import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { cut, sliceOf } from '../../http/list.ts';
import { pathId } from '../../http/path-id.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { App } from '../../platform/feature.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import { presentStatus, StatusesQuery, StatusPage } from './statuses.schema.ts';
import type { StatusStore } from './statuses.store.ts';

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
      await profileOf(db, actor, profileId);
      const slice = sliceOf(query);
      const rows = await store.list(actor, profileId, slice);
      const { shown, next } = cut(slice, rows, ({ timestamp: at, id }) => ({ at, id }));
      return { statuses: shown.map(presentStatus), cursor: next };
    },
  );
}
