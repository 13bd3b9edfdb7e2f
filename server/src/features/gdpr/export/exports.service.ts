import { Readable } from 'node:stream';
import type { Static } from 'typebox';
import type { Idempotency, IdempotencyClaim } from '../../../http/idempotency.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { type Clock, dayMs, hourMs, later } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import type { AllKeeps } from '../../../platform/keeps/keeps.ts';
import { makeExport } from '../gdpr.jobs.ts';
import type { DataExport } from '../gdpr.schema.ts';
import { exportDocument, sectionsFor } from './document.ts';
import type { ExportRow, ExportStore } from './exports.store.ts';
import type { Maker } from './make.ts';

/** Exports that are kept and listed for one person. */
const listedMax = 5;
const stuckMs = 12 * hourMs;
const rowKeptMs = 30 * dayMs;

export interface ExportServiceDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  jobs: JobQueue;
  idempotency: Pick<Idempotency, 'once'>;
  store: ExportStore;
  maker: Maker;
  keeps(): AllKeeps;
}

export function createExportService(deps: ExportServiceDeps) {
  const { db, clock, audit, jobs, idempotency, store, maker, keeps } = deps;

  const statusOf = (row: ExportRow) =>
    row.status === 'ready' && row.expires_at && row.expires_at <= clock.now() ? 'expired' : row.status;

  function present(row: ExportRow): Static<typeof DataExport> {
    const status = statusOf(row) as Static<typeof DataExport>['status'];
    const total = row.sections_total || sectionsFor(keeps(), 'person').length;
    return {
      id: row.id,
      status,
      progress: { sectionsDone: row.sections_done, sectionsTotal: total, rows: row.rows_done },
      bytes: row.bytes,
      failureReason: row.failure_reason,
      createdAt: row.created_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      expiresAt: row.expires_at?.toISOString() ?? null,
      ...(status === 'ready' && { downloadUrl: `/api/v1/account/exports/${row.id}/download` }),
    };
  }

  async function exportOf(actor: Actor, id: string): Promise<ExportRow> {
    const row = await store.find(actor, id);
    if (!row) throw new Failure('EXPORT_NOT_FOUND');
    return row;
  }

  const day = () => clock.now().toISOString().slice(0, 10);

  return {
    /** The whole document as a stream, read from the database as the client takes it. */
    async stream(actor: Actor): Promise<{ file: Readable; name: string }> {
      const subject = await store.subject(actor);
      if (!subject) throw new Failure('SESSION_REVOKED');
      const resource = { type: 'user', id: actor.userId };
      await audit.record(db, actor, {
        action: 'gdpr.export',
        resource,
        details: { covers: subject.covers, how: 'stream' },
      });
      return {
        file: Readable.from(exportDocument({ db, clock, keeps }, subject)),
        name: `multiwa-export-${day()}.json`,
      };
    },

    /** @throws Failure EXPORT_IN_PROGRESS while an earlier export of this person is being made. */
    create(actor: Actor, claim: IdempotencyClaim | undefined) {
      return idempotency.once(claim, 201, async (tx) => {
        const row = await store.insert(tx, actor, clock.now());
        if (!row) throw new Failure('EXPORT_IN_PROGRESS');
        await store.keepNewest(tx, actor, listedMax);
        await jobs.enqueue(tx, makeExport, { exportId: row.id }, { whose: actor.organizationId });
        const resource = { type: 'export', id: row.id };
        await audit.record(tx, actor, { action: 'gdpr.export', resource, details: { how: 'file' } });
        return present(row);
      });
    },

    async list(actor: Actor) {
      return (await store.list(actor)).map(present);
    },

    /** @throws Failure EXPORT_NOT_FOUND, for another person's as well. */
    async get(actor: Actor, id: string) {
      return present(await exportOf(actor, id));
    },

    /**
     * The finished file. A file with an organisation is for its current owner only: whoever made it may have handed the
     * organisation to somebody else since.
     * @throws Failure EXPORT_NOT_FOUND, EXPORT_NOT_READY, EXPORT_EXPIRED or PERMISSION_DENIED.
     */
    async download(actor: Actor, id: string): Promise<{ file: Readable; bytes: number; name: string }> {
      const row = await exportOf(actor, id);
      const status = statusOf(row);
      if (status === 'expired') throw new Failure('EXPORT_EXPIRED');
      if (status !== 'ready' || row.bytes === null) {
        throw new Failure('EXPORT_NOT_READY', { ...(row.failure_reason && { says: row.failure_reason }) });
      }
      const subject = await store.subject(actor);
      if (row.covers === 'organization' && subject?.covers !== 'organization') {
        throw new Failure('PERMISSION_DENIED', {
          says: 'Only the owner may have the data of the organization.',
        });
      }
      const name = `multiwa-export-${row.created_at.toISOString().slice(0, 10)}.json.gz`;
      return { file: Readable.from(maker.read(row.id, row.bytes)), bytes: row.bytes, name };
    },

    /** Deletes an export and its file; if it is being made, the job stops. @throws Failure EXPORT_NOT_FOUND. */
    async remove(actor: Actor, id: string): Promise<void> {
      await inTransaction(db, async (tx) => {
        if (!(await store.remove(tx, actor, id))) throw new Failure('EXPORT_NOT_FOUND');
      });
    },

    purge(): Promise<void> {
      const now = clock.now();
      const reason = 'It could not be made in time: ask for a new one.';
      return store.purge({ now, stuckBefore: later(now, -stuckMs), before: later(now, -rowKeptMs), reason });
    },
  };
}
export type ExportService = ReturnType<typeof createExportService>;
