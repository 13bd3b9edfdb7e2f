import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Media } from '../../media/index.ts';
import { contactsImported } from '../contacts.events.ts';
import type { ImportRow, ImportStore } from './imports.store.ts';
import { type OpenFile, type Reading, rowsOf, Unreadable } from './read-file.ts';
import type { WrittenRow } from './rows.ts';
import { countsOf, type RowTaker, rowsAtOnce } from './take-rows.ts';

/** How a file is read, and what its rows mean: decided when the import was asked for. */
export interface StoredReading {
  reading: Reading;
  country: string;
  tags: string[];
}

/** Told besides the end of an import, not at every step. */
const rowsToldEvery = 10_000;

/**
 * Goes on with an import where it stands: rows, counts and place commit together, so it may be interrupted anywhere and
 * done by anybody.
 */
export function createImportRunner(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  store: ImportStore;
  media: Pick<Media, 'openMedia' | 'release'>;
  takeRows: RowTaker;
}) {
  const { db, clock, events, store, media } = deps;

  /** Answers false when somebody else goes on with it, or it was removed. */
  function take(row: ImportRow, rows: readonly WrittenRow[], at: number): Promise<boolean> {
    const { country, tags } = row.reading as unknown as StoredReading;
    const whose = { organizationId: row.organization_id, profileId: row.profile_id };
    return inTransaction(db, async (tx) => {
      const held = await store.hold(tx, row, at);
      if (!held) return false;
      const reports = await deps.takeRows(tx, rows, { whose, country, tags, isDryRun: row.is_dry_run });
      const bad = reports.flatMap(({ line, phone, reason }) =>
        reason === null ? [] : [{ line, phone, reason }],
      );
      await store.keepProblems(tx, row.id, bad);
      const { created, updated, failed } = countsOf(reports);
      const changed = await store.update(tx, row.id, {
        rows_read: at + rows.length,
        created: held.created + created,
        updated: held.updated + updated,
        failed: held.failed + failed,
        updated_at: clock.now(),
      });
      if (Math.floor(at / rowsToldEvery) < Math.floor(changed.rows_read / rowsToldEvery)) {
        await events.record(tx, contactsImported, importEvent(changed));
      }
      return true;
    });
  }

  const end = (row: ImportRow, at: number, error: string | null) =>
    inTransaction(db, async (tx) => {
      if (!(await store.hold(tx, row, at))) return;
      const now = clock.now();
      const status = error === null ? 'done' : 'failed';
      const ended = await store.update(tx, row.id, { status, error, updated_at: now, finished_at: now });
      await media.release(tx, 'contact-import', [row.id]);
      await events.record(tx, contactsImported, importEvent(ended));
    });

  return async ({ importId }: { importId: string }, signal: AbortSignal): Promise<void> => {
    const row = await store.running(importId);
    if (!row) return;
    const { reading } = row.reading as unknown as StoredReading;
    const open: OpenFile = async () =>
      (await media.openMedia({ organizationId: row.organization_id }, row.media_id)).stream;
    let at = row.rows_read;
    let error: string | null = null;
    try {
      let chunk: WrittenRow[] = [];
      const flush = async () => {
        if (chunk.length === 0) return true;
        if (!(await take(row, chunk, at))) return false;
        at += chunk.length;
        chunk = [];
        return true;
      };
      try {
        for await (const written of rowsOf(open, reading, at)) {
          chunk.push(written);
          if (chunk.length < rowsAtOnce) continue;
          // The job is handed to another node.
          signal.throwIfAborted();
          if (!(await flush())) return;
        }
      } catch (reason) {
        if (!(reason instanceof Unreadable)) throw reason;
        error = reason.message;
      }
      if (!(await flush())) return;
    } catch (reason) {
      if (!(reason instanceof Failure) || reason.code !== 'MEDIA_NOT_FOUND') throw reason;
      error = 'The file is gone.';
    }
    await end(row, at, error);
  };
}

/** Of an import, for its event. */
function importEvent(row: ImportRow) {
  return {
    organizationId: row.organization_id,
    profileId: row.profile_id,
    body: {
      ...{ profileId: row.profile_id, importId: row.id, status: row.status, isDryRun: row.is_dry_run },
      ...{ rowsRead: row.rows_read, created: row.created, updated: row.updated, failed: row.failed },
      error: row.error,
    },
  };
}
