import type { IncomingMessage } from '../../../engines/port.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { Live } from '../../profiles/index.ts';
import type { FileStore } from './files.store.ts';

/** Binds what opens a file to its message. */
export const sealedFor = (messageId: string) => `message-file:${messageId}`;

/** The files of messages that are being stored. */
export interface ArrivedFiles {
  /** Keeps where they lie, in the transaction that stores their messages (by id); false when there is none. */
  keep(tx: Tx, live: Live, messages: ReadonlyMap<string, IncomingMessage>, now: Date): Promise<boolean>;
  /** Of messages that are here, whose files lay at WhatsApp until somebody asked; false when none has one. */
  fetchNow(tx: Tx, messageIds: readonly string[], now: Date): Promise<boolean>;
  /** That transaction is committed: they may be fetched. */
  came(profileId: string): void;
}

export function createArrivedFiles(deps: {
  vault: Vault;
  store: FileStore;
  came(profileId: string): void;
}): ArrivedFiles {
  const { vault, store, came } = deps;
  return {
    came,
    fetchNow: (tx, messageIds, now) => store.fetchNow(tx, messageIds, now),
    async keep(tx, live, messages, now) {
      const rows = [...messages].flatMap(([id, { file }]) => {
        if (!file) return [];
        return {
          ...{ message_id: id, organization_id: live.organizationId, profile_id: live.profileId },
          reference: vault.sealText(file.reference, sealedFor(id)),
          ...{ said_bytes: file.bytes ?? null, said_mimetype: file.mimetype ?? null },
          ...{ state: 'waiting' as const, due_at: now, attempts: 0, created_at: now },
        };
      });
      await store.insert(tx, rows);
      return rows.length > 0;
    },
  };
}
