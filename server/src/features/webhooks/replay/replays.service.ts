import { cut, sliceOf } from '../../../http/list.ts';
import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { readPatterns } from '../../../platform/events/pattern.ts';
import type { EventLog } from '../../../platform/events/reader.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import type { WebhookService } from '../webhooks.service.ts';
import { replayDeliveries } from './replay.jobs.ts';
import type { StartReplayBody } from './replay.schema.ts';
import type { ReplayRow, ReplayStore } from './replays.store.ts';

export type ReplayService = ReturnType<typeof createReplayService>;

/** Asks for a stretch of the event log to be delivered again, and shows how far that is. */
export function createReplayService(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  jobs: JobQueue;
  eventLog: Pick<EventLog, 'lastPosition' | 'keptAfter'>;
  service: WebhookService;
  store: ReplayStore;
  eventNames: () => readonly string[];
}) {
  const { db, clock, store, service, eventLog } = deps;

  /** Behind which position it begins. */
  async function beginning(actor: Actor, body: StartReplayBody): Promise<number> {
    const after = body.after ?? undefined;
    const eventId = given(body.afterEventId);
    const kept = await eventLog.keptAfter();
    if (eventId !== undefined) {
      const position = await store.positionOf(actor.organizationId, eventId);
      if (position === undefined) throw refused('/afterEventId', 'is no event that is still kept');
      return position;
    }
    if (after !== undefined && after > 0 && after < kept) throw new Failure('CURSOR_GONE');
    return Math.max(after ?? 0, kept);
  }

  async function rowOf(actor: Actor, webhookId: string, id: string): Promise<ReplayRow> {
    await service.rowOf(actor, webhookId);
    const row = await store.find(webhookId, id);
    if (!row) throw new Failure('REPLAY_NOT_FOUND');
    return row;
  }

  return {
    async start(actor: Actor, webhookId: string, body: StartReplayBody) {
      const webhook = await service.rowOf(actor, webhookId);
      const [from, until] = [given(body.from), given(body.until)].map((text) =>
        text === undefined ? null : new Date(text),
      );
      const starts = [from, body.after, given(body.afterEventId)].filter(
        (one) => one !== null && one !== undefined,
      );
      if (starts.length !== 1) throw refused('', 'must have one of from, after and afterEventId');
      if (from && until && until <= from) throw refused('/until', 'must be later than from');
      const events = body.events?.length ? readPatterns(body.events, deps.eventNames(), '/events') : null;
      if (!webhook.enabled) throw new Failure('WEBHOOK_DISABLED');
      const after = await beginning(actor, body);
      const upTo = Math.max(after, await eventLog.lastPosition());
      const now = clock.now();
      const id = newId();
      const row = await inTransaction(db, async (tx) => {
        const made = await store.insert(tx, {
          ...{ id, organization_id: actor.organizationId, webhook_id: webhookId, events },
          ...{ only_missing: body.onlyMissing ?? false, from_at: from ?? null, until_at: until ?? null },
          ...{ after_position: after, up_to: upTo, position: after, created_at: now, updated_at: now },
        });
        if (!made) throw new Failure('REPLAY_RUNNING');
        await deps.audit.record(tx, actor, {
          action: 'webhook.replay',
          resource: { type: 'webhook', id: webhookId },
          details: { replayId: id, from: given(body.from), until: given(body.until), after, upTo },
        });
        await deps.jobs.enqueue(tx, replayDeliveries, { replayId: id }, { whose: actor.organizationId });
        return made;
      });
      return present(row);
    },

    async list(actor: Actor, webhookId: string, query: { cursor?: string; limit?: number }) {
      await service.rowOf(actor, webhookId);
      const slice = sliceOf(query);
      const rows = await store.list(webhookId, slice);
      const { shown, next } = cut(slice, rows, ({ created_at: at, id }) => ({ at, id }));
      return { replays: shown.map(present), nextCursor: next, hasMore: next !== null };
    },

    async get(actor: Actor, webhookId: string, id: string) {
      return present(await rowOf(actor, webhookId, id));
    },

    /** What it has made due is delivered all the same; one that has ended stays as it is. */
    async stop(actor: Actor, webhookId: string, id: string) {
      const before = await rowOf(actor, webhookId, id);
      const now = clock.now();
      const ended = {
        status: 'stopped',
        error: 'It was stopped by a request.',
        updated_at: now,
        finished_at: now,
      };
      const row = await inTransaction(db, (tx) => store.update(tx, id, ended));
      return present(row ?? before);
    },
  };
}

function refused(path: string, problem: string): Failure {
  return new Failure('VALIDATION_ERROR', { details: [{ path, problem }] });
}

function present(row: ReplayRow) {
  const length = row.up_to - row.after_position;
  const percent = length === 0 ? 100 : Math.floor((100 * (row.position - row.after_position)) / length);
  return {
    id: row.id,
    webhookId: row.webhook_id,
    status: row.status as 'running' | 'done' | 'stopped',
    onlyMissing: row.only_missing,
    events: row.events,
    from: row.from_at?.toISOString() ?? null,
    until: row.until_at?.toISOString() ?? null,
    after: row.after_position,
    upTo: row.up_to,
    position: row.position,
    percent: row.status === 'done' ? 100 : percent,
    found: row.found,
    made: row.made,
    error: row.error,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
