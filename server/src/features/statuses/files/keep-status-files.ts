import type { IncomingMessage } from '../../../engines/port.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { sealedFor } from '../../messages/index.ts';
import type { StatusRow } from '../statuses.store.ts';
import type { StatusFileStore } from './status-files.store.ts';

/** Keeps where the files of status updates lie, in the transaction that stores them; false when there is none. */
export function createKeepFiles({
  clock,
  vault,
  store,
}: {
  clock: Clock;
  vault: Vault;
  store: StatusFileStore;
}) {
  return async (tx: Tx, rows: readonly StatusRow[], messages: readonly IncomingMessage[]) => {
    const files = new Map(messages.map(({ id, file }) => [id as string, file]));
    const now = clock.now();
    const kept = rows.flatMap(({ id, organization_id, profile_id, wa_message_id }) => {
      const file = files.get(wa_message_id);
      if (!file) return [];
      return {
        ...{ status_id: id, organization_id, profile_id },
        reference: vault.sealText(file.reference, sealedFor(id)),
        ...{ said_bytes: file.bytes ?? null, said_mimetype: file.mimetype ?? null },
        ...{ state: 'waiting' as const, due_at: now, attempts: 0, created_at: now },
      };
    });
    await store.insert(tx, kept);
    return kept.length > 0;
  };
}
