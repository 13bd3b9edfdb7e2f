import type { IncomingMessage } from '../../engines/port.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import type { Tenancy } from '../../platform/tenancy.ts';

/** What messages need of status updates, which are none but come by the same way. */
export interface StatusUpdates {
  /** Takes them in, in the transaction that settles them; `author`: who sent it, as far as is known. */
  take(
    tx: Tx,
    whose: { organizationId: string; profileId: string },
    posted: readonly { message: IncomingMessage; author: ChatId | null }[],
  ): Promise<void>;
  /** One that is quoted, by our id or WhatsApp's. */
  find(
    tenancy: Tenancy,
    profileId: string,
    id: string,
    tx?: Tx,
  ): Promise<
    | {
        wa_message_id: string;
        author: string | null;
        from_me: boolean;
        type: string;
        content: Record<string, unknown>;
      }
    | undefined
  >;
}
