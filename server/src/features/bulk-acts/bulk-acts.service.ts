import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import { isEverywhere, reachOf } from '../../platform/reach.ts';
import { createTell } from './bulk-acts.events.ts';
import { doBulkAct } from './bulk-acts.jobs.ts';
import type { AnyOrder, ResultsAsked } from './bulk-acts.schema.ts';
import type { BulkActStore, BulkRow, ItemRow } from './bulk-acts.store.ts';
import type { BulkKind } from './kind.ts';

const keptMs = 30 * dayMs;
const failuresShown = 100;
const pageMax = 200;
const pageUsual = 50;

/** Taking orders, and saying how far they are. */
export function createBulkActService(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  jobs: JobQueue;
  events: Pick<EventRecorder, 'recordAll'>;
  store: BulkActStore;
}) {
  const { db, clock, store } = deps;
  const tell = createTell(deps.events);

  async function find(actor: Actor, { name }: BulkKind, id: string): Promise<BulkRow> {
    const row = await store.find(actor, name, id);
    if (!row) throw new Failure('BULK_NOT_FOUND');
    return row;
  }

  const enqueue = (tx: Tx, { id: bulkId, organization_id: whose }: Pick<BulkRow, 'id' | 'organization_id'>) =>
    deps.jobs.enqueue(tx, doBulkAct, { bulkId }, { whose });

  return {
    /** Chooses what it is about, and has it done. @throws Failure VALIDATION_ERROR, PERMISSION_DENIED, and what the kind refuses */
    async begin(actor: Actor, kind: BulkKind, order: AnyOrder) {
      if (Boolean(order.ids) === Boolean(order.filter)) {
        const details = [{ path: '/ids', problem: 'is needed, or filter: one of them' }];
        throw new Failure('VALIDATION_ERROR', { details });
      }
      const reach = reachOf(actor, kind.permissionOf(order.act));
      if (!reach) throw new Failure('PERMISSION_DENIED');
      const { reach: _, ...person } = actor;
      const within: Actor = isEverywhere(reach) ? person : { ...person, reach };
      const { profileId, about, ids } = await kind.read(within, { ...order });
      return inTransaction(db, async (tx) => {
        const row = await store.insert(tx, {
          ...{ id: newId(), organization_id: actor.organizationId, profile_id: profileId },
          ...{ kind: kind.name, act: order.act, about: JSON.stringify(about), status: 'running', total: 0 },
          ...{ asked_by: actor.userId, api_key_id: actor.apiKeyId ?? null, created_at: clock.now() },
          reach: isEverywhere(reach) ? null : JSON.stringify({ reach }),
        });
        const total = await store.choose(tx, row.id, ids);
        const begun = await store.update(tx, row.id, { total });
        await deps.audit.record(tx, actor, {
          action: `${kind.name}.bulk`,
          resource: { type: 'profile', id: profileId },
          details: { bulkId: row.id, act: order.act, ...about, total },
        });
        await enqueue(tx, row);
        return presentBulk(begun, []);
      });
    },

    /** @throws Failure BULK_NOT_FOUND */
    async get(actor: Actor, kind: BulkKind, id: string) {
      const row = await find(actor, kind, id);
      const failures =
        row.failed > 0 ? await store.results(id, { state: 'failed', limit: failuresShown }) : [];
      return presentBulk(row, failures);
    },

    /** After the answer nothing more is done; what was done stays. @throws Failure BULK_NOT_FOUND, BULK_ENDED */
    async cancel(actor: Actor, kind: BulkKind, id: string) {
      await find(actor, kind, id);
      await inTransaction(db, async (tx) => {
        const row = await store.hold(tx, id);
        if (!row) throw new Failure('BULK_ENDED');
        const ended = { status: 'cancelled' as const, finished_at: clock.now() };
        const cancelled = await store.update(tx, id, ended);
        await deps.audit.record(tx, actor, {
          action: `${kind.name}.bulk_cancel`,
          resource: { type: 'profile', id: row.profile_id },
          details: { bulkId: id, act: row.act, done: row.done, total: row.total },
        });
        await tell(tx, kind, cancelled);
      });
      return this.get(actor, kind, id);
    },

    /** @throws Failure BULK_NOT_FOUND, VALIDATION_ERROR */
    async results(actor: Actor, kind: BulkKind, id: string, { status, cursor, limit }: ResultsAsked) {
      await find(actor, kind, id);
      if (cursor && !isUuid(cursor)) {
        const details = [{ path: '/cursor', problem: 'is not a cursor of a page before' }];
        throw new Failure('VALIDATION_ERROR', { details });
      }
      const shown = Math.min(Math.max(limit ?? pageUsual, 1), pageMax);
      const rows = await store.results(id, { state: status, after: cursor || undefined, limit: shown + 1 });
      const page = rows.slice(0, shown);
      return {
        results: page.map(({ item_id, state, code, reason }) => ({
          ...{ id: item_id, status: state, code, reason },
        })),
        cursor: rows.length > page.length ? (page.at(-1)?.item_id ?? null) : null,
      };
    },

    /** What is not done is looked for at the start: a job may have been given up. */
    async goOn(): Promise<void> {
      for (const row of await store.running()) await inTransaction(db, (tx) => enqueue(tx, row));
    },

    /** Forgets what was done long ago. */
    purge: () => store.purge(later(clock.now(), -keptMs)),
  };
}

export type BulkActService = ReturnType<typeof createBulkActService>;

function presentBulk(row: BulkRow, failures: readonly ItemRow[]) {
  return {
    ...row.about,
    ...{ id: row.id, profileId: row.profile_id, act: row.act, status: row.status },
    ...{ total: row.total, done: row.done, changed: row.changed, failed: row.failed },
    failures: failures.map(({ item_id: id, code, reason }) => ({
      // Clients of contacts know it under this name.
      ...{ id, contactId: id, code, reason: reason ?? '' },
    })),
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
