import { deleteOldest } from '../../platform/audit/audit-logs.store.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { organizationIds } from './audit.store.ts';

const rowsPerBatch = 2000;

/**
 * Deletes entries that are older than the operator wants them kept, in short transactions; running twice changes
 * nothing. With 0 days it keeps everything.
 */
export function createPurge(deps: { db: Db; clock: Clock; retentionDays: number }): () => Promise<void> {
  const { db, clock, retentionDays } = deps;

  const batch = (organizationId: string | null, before: Date) =>
    inTransaction(db, (tx) => deleteOldest(tx, organizationId, before, rowsPerBatch));

  return async () => {
    if (retentionDays === 0) return;
    const before = later(clock.now(), -retentionDays * dayMs);
    for (const id of [null, ...(await organizationIds(db))]) {
      while ((await batch(id, before)) === rowsPerBatch);
    }
  };
}
