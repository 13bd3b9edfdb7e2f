import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import { Failure } from '../../platform/failures.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import type { CancelDeps } from './cancelling.store.ts';
import { cancelWaiting } from './cancelling.store.ts';
import { presentSend } from './messages.present.ts';
import type { MessageStore } from './messages.store.ts';
import type { Waiting } from './waiting.ts';

/** Takes messages that wait out of the queue. */
export function createCancelling(
  deps: CancelDeps & {
    store: Pick<MessageStore, 'find'>;
    idempotency: Pick<Idempotency, 'once'>;
    waiting: Pick<Waiting, 'decided'>;
  },
) {
  const { store, idempotency, waiting } = deps;

  /** Undefined when it does not wait, or is on its way already. */
  async function cancel(id: string, claim: IdempotencyClaim | undefined, status: number) {
    let row: Awaited<ReturnType<typeof cancelWaiting>>[number] | undefined;
    const answer = await idempotency.once(claim, status, async (tx) => {
      [row] = await cancelWaiting(tx, deps, [id]);
      if (!row) throw new Failure('MESSAGE_NOT_WAITING');
      return { ...presentSend(row), chatId: row.chat };
    });
    if (row) waiting.decided(row);
    return answer;
  }

  return {
    /** @throws Failure MESSAGE_NOT_FOUND, MESSAGE_NOT_WAITING */
    async cancel(tenancy: Tenancy, id: string, claim: IdempotencyClaim | undefined) {
      const message = await store.find(tenancy, id);
      if (!message) throw new Failure('MESSAGE_NOT_FOUND');
      return cancel(message.id, claim, 200);
    },

    /** For whoever wants a message gone, wherever it is; undefined when nothing waits. */
    async instead(
      tenancy: Tenancy,
      { messageId, profileId }: { messageId: string; profileId: string },
      claim: IdempotencyClaim | undefined,
    ) {
      const message = await store.find(tenancy, messageId, profileId);
      if (message?.status !== 'queued') return undefined;
      return cancel(message.id, claim, 201).catch((error: unknown) => {
        if (error instanceof Failure && error.code === 'MESSAGE_NOT_WAITING') return undefined;
        throw error;
      });
    },
  };
}

export type Cancelling = ReturnType<typeof createCancelling>;
