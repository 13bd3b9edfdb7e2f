import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { cut, sliceOf } from '../../http/list.ts';
import { pathId } from '../../http/path-id.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { App } from '../../platform/feature.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import {
  type PresentStatus,
  Status,
  StatusesQuery,
  StatusId,
  StatusPage,
  StatusViews,
} from './statuses.schema.ts';
import type { StatusStore } from './statuses.store.ts';
import type { Views } from './views/views.ts';

/** `/statuses`: what people post for a day. */
export function statusRoutes(
  app: App,
  { db, store, views, present }: { db: Db; store: StatusStore; views: Views; present: PresentStatus },
): void {
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
      return { statuses: shown.map(present), cursor: next };
    },
  );

  app.get(
    '/statuses/:id',
    {
      config: { access: 'message:read' },
      schema: {
        tags: ['Statuses'],
        summary: 'Get a status update.',
        params: StatusId,
        response: { 200: Status, ...failsWith('STATUS_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => {
      const row = await store.get(actor, params.id);
      if (!row) throw new Failure('STATUS_NOT_FOUND');
      return present(row);
    },
  );

  app.get(
    '/statuses/:id/views',
    {
      config: { access: 'message:read' },
      schema: {
        tags: ['Statuses'],
        summary: 'Who has a status update of ours, and who has looked at it.',
        description: 'Whoever keeps read receipts to themselves looks unseen.',
        params: StatusId,
        response: { 200: StatusViews, ...failsWith('STATUS_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => views.of(actor, params.id),
  );
}
