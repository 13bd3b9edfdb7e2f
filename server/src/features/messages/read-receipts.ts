import type { EngineMessageId } from '../../engines/port.ts';
import { type ChatId, chatKind, storedChat } from '../../platform/chat-id.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Log } from '../../platform/log.ts';
import type { Live } from '../profiles/index.ts';
import { receiptsDue, settleReceipts } from './read-receipts.store.ts';

const batchMax = 100;

/**
 * Tells senders that their messages were read. What is due is kept in the message rows, so a profile that is
 * disconnected tells it when it is back; telling twice after a crash changes nothing on the other side.
 */
export function createReadReceipts(deps: { db: Db; log: Log }) {
  const { db, log } = deps;
  const running = new Set<string>();

  async function flush(live: Live): Promise<void> {
    while (!live.ended.aborted) {
      const due = await receiptsDue(db, live.profileId, batchMax);
      if (due.length === 0) return;
      // Where the engine has no way to tell it, nothing is due.
      await live.session.receipts?.markRead(
        due.map((row) => {
          const chat: ChatId = storedChat(row.chat);
          const inGroup = chatKind(chat) !== 'user' && row.sender !== null;
          const id = row.wa_message_id as EngineMessageId;
          return { id, chat, ...(inGroup && row.sender && { sender: storedChat(row.sender) }) };
        }),
      );
      await settleReceipts(
        db,
        due.map((row) => row.id),
      );
    }
  }

  return {
    /** Sends what is due through this connection; at most one run per profile. */
    run(live: Live): void {
      if (running.has(live.profileId)) return;
      running.add(live.profileId);
      flush(live)
        .catch((error: unknown) => {
          if (!live.ended.aborted) log.warn({ err: error, profileId: live.profileId }, 'read receipts wait');
        })
        .finally(() => running.delete(live.profileId));
    },
  };
}

export type ReadReceipts = ReturnType<typeof createReadReceipts>;
