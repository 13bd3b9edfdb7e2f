import type { Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import type { Content } from './kinds/kind.ts';
import { kindOf, previewOf } from './kinds/kinds.ts';
import type { MessageStore } from './messages.store.ts';
import type { StoredQuote } from './outbox/outgoing.ts';
import type { StatusUpdates } from './status-updates.ts';

/** More than this of a quoted message is not copied into its answers. */
const quotedCharsMax = 8000;

/** What an answer shows of the message it quotes. */
function shownOf(type: string, content: Content): Pick<StoredQuote, 'text' | 'type' | 'content'> {
  const text = previewOf(type, content);
  const names = kindOf(type)?.quoted;
  if (!names) return { text };
  const fields = Object.fromEntries(
    names.filter((name) => content[name] !== undefined).map((name) => [name, content[name]]),
  );
  return JSON.stringify(fields).length > quotedCharsMax ? { text } : { text, type, content: fields };
}

/** What replies quote: a message, or a status, which is answered in the chat of whoever posted it. */
export function createQuotes(deps: { store: MessageStore; statuses: Pick<StatusUpdates, 'find'> }) {
  async function ofStatus(tenancy: Tenancy, profileId: string, id: string, tx?: Tx): Promise<StoredQuote> {
    const status = await deps.statuses.find(tenancy, profileId, id, tx);
    if (!status) throw new Failure('MESSAGE_NOT_FOUND', { says: 'Quoted message not found' });
    const { wa_message_id: waMessageId, author: sender, from_me: fromMe, type, content } = status;
    return { waMessageId, sender, fromMe, ...shownOf(type, content), chat: 'status@broadcast' };
  }

  return {
    /** @param id ours or WhatsApp's @throws Failure MESSAGE_NOT_FOUND */
    async find(tenancy: Tenancy, profileId: string, id: string, tx?: Tx): Promise<StoredQuote> {
      const message = await deps.store.find(tenancy, id, profileId, tx);
      if (!message) return ofStatus(tenancy, profileId, id, tx);
      return {
        waMessageId: message.wa_message_id,
        sender: message.sender,
        fromMe: message.direction === 'outgoing',
        ...shownOf(message.type, message.revoked_at ? {} : message.content),
      };
    },
  };
}

export type Quotes = ReturnType<typeof createQuotes>;
