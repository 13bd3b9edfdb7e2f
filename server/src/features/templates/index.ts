import type { Idempotency } from '../../http/idempotency.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import type { Feature } from '../../platform/feature.ts';
import { createRate } from '../../platform/rate.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import type { Media } from '../media/index.ts';
import type { Messages } from '../messages/index.ts';
import { createPreview } from './preview.ts';
import { templateCreated, templateDeleted, templateUpdated } from './templates.events.ts';
import { templateKeeps } from './templates.keeps.ts';
import { templateRoutes } from './templates.routes.ts';
import { createTemplateService } from './templates.service.ts';
import { createTemplateStore, type TemplateRow } from './templates.store.ts';
import { createTestSend } from './test-send.ts';
import { createUses, type TemplateUsers } from './uses.ts';

export { contactSource } from './preview.ts';
export { namesIn, render, type Source } from './render.ts';

const previewsPerMinute = 120;

/** Templates: messages that are written once and sent often. */
export function createTemplates(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  events: Pick<EventRecorder, 'record'>;
  messages: Pick<Messages, 'readSend' | 'say' | 'deliver'>;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
  media: Pick<Media, 'refer' | 'release'>;
  /** Other features that use templates. */
  users(): TemplateUsers;
}) {
  const store = createTemplateStore(deps.db);
  const service = createTemplateService({ ...deps, store, uses: createUses(deps.users) });
  const preview = createPreview({ ...deps, store, rate: createRate(deps.clock, previewsPerMinute) });
  const feature: Feature = {
    name: 'templates',
    routes: (app) => templateRoutes(app, service, preview, createTestSend({ ...deps, preview })),
    events: [templateCreated, templateUpdated, templateDeleted],
    keeps: templateKeeps,
  };
  return {
    feature,

    /** A template that is to be sent. @throws Failure TEMPLATE_NOT_FOUND */
    async find(tenancy: Tenancy, id: string, from?: Db | Tx): Promise<TemplateRow> {
      const row = await store.find(tenancy, id, from);
      if (!row) throw new Failure('TEMPLATE_NOT_FOUND');
      return row;
    },

    /** So many messages were made with it, in the transaction that makes them. */
    used: store.used,
  };
}

export type Templates = ReturnType<typeof createTemplates>;
