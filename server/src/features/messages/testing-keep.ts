import type { ChatId } from '../../platform/chat-id.ts';
import { newId } from '../../platform/ids.ts';
import type { ReadyMessage } from './keep.sql.ts';

/** For tests: a text with everything decided, as a program's key sends it. */
export function readyText(
  whose: Pick<ReadyMessage, 'organizationId' | 'profileId'>,
  chat: ChatId,
  more: Partial<ReadyMessage> = {},
): ReadyMessage {
  return {
    ...{ id: newId(), ...whose, chat, sender: null, waMessageId: newId(), type: 'text' },
    ...{ content: { text: 'hello' }, quotedId: null, clientReference: null, retryOf: null },
    ...{ acceptedAt: new Date(), expiresAt: new Date(), origin: { kind: 'api', id: null } },
    ...more,
  };
}
