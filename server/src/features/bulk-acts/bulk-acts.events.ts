import type { Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { BulkRow } from './bulk-acts.store.ts';
import type { BulkKind } from './kind.ts';

/** Tells how far an act is by the event of its kind, in the transaction of what changed. */
export const createTell =
  (events: Pick<EventRecorder, 'recordAll'>) =>
  (tx: Tx, { event }: BulkKind, row: BulkRow): Promise<void> =>
    events.recordAll(tx, [
      {
        ...{ definition: event, organizationId: row.organization_id, profileId: row.profile_id },
        body: {
          ...row.about,
          ...{ profileId: row.profile_id, bulkId: row.id, act: row.act, status: row.status },
          ...{ total: row.total, done: row.done, changed: row.changed, failed: row.failed },
        },
      },
    ]);
