import { type ConversationRow, presentConversation } from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';
import { arrivalOf } from './arrival-events.ts';
import type { Fact } from './changes/facts.ts';
import { undecryptedType } from './kinds/undecrypted.ts';
import { messageSent } from './messages.events.ts';
import { presentMessage } from './messages.present.ts';
import type { ArrivedRow } from './messages.store.ts';
import { aboutOutgoing } from './outgoing.sql.ts';

/** Each event tells what was unread when its message had come, not when the last of the batch had. */
export function withCounts(rows: readonly ArrivedRow[]): ArrivedRow[] {
  const later = new Map<string, number>();
  return rows
    .toReversed()
    .map((row) => {
      const after = later.get(row.conversation_id) ?? 0;
      if (row.status === 'received') later.set(row.conversation_id, after + 1);
      return { ...row, unread_count: row.unread_count - after };
    })
    .toReversed();
}

/** What is told of a message that arrived, or was sent from the person's own phone. */
export function factOf(live: Live, row: ArrivedRow, conversation: ConversationRow): Fact {
  const { organizationId, profileId } = live;
  if (row.direction === 'outgoing' && row.type !== undecryptedType) {
    const body = { ...aboutOutgoing(row, conversation.chat), source: 'phone' };
    return { definition: messageSent, organizationId, profileId, body };
  }
  const { unread_count, last_message_at, updated_at } = row;
  const body = {
    profileId,
    message: presentMessage(row),
    conversation: presentConversation({ ...conversation, unread_count, last_message_at, updated_at }),
  };
  return { definition: arrivalOf(row.type, conversation.type), organizationId, profileId, body };
}
