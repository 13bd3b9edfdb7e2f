import type { EventRecorder } from '../../../platform/events/record.ts';
import { type ConversationRow, presentConversation } from '../../conversations/index.ts';
import type { Live } from '../../profiles/index.ts';
import { type MessageRow, presentMessage, presentReaction, presentResponse } from '../messages.present.ts';
import type { Effect } from './book.ts';
import {
  messageEdited,
  messageEventResponse,
  messageKept,
  messagePinned,
  messagePollVote,
  messageReaction,
  messageRevoked,
  messageStarred,
} from './changes.events.ts';
import { type ChangeRow, isBy } from './effects.ts';

export type Fact = Parameters<EventRecorder['recordAll']>[1][number];

const definitions = {
  edited: messageEdited,
  revoked: messageRevoked,
  reaction: messageReaction,
  'poll-vote': messagePollVote,
  'event-response': messageEventResponse,
  pinned: messagePinned,
  kept: messageKept,
  starred: messageStarred,
};

/**
 * What the events tell, each with what was unread when it had happened.
 * @param conversations a later one of the same id counts more
 */
export function factsOf(
  live: Pick<Live, 'organizationId' | 'profileId'>,
  effects: readonly Effect[],
  conversations: readonly ConversationRow[],
): Fact[] {
  const { organizationId, profileId } = live;
  const rows = new Map(conversations.map((row) => [row.id, row]));
  const later = new Map<string, number>();
  return effects
    .toReversed()
    .flatMap(({ change, message, wasUnread }): Fact[] => {
      const conversation = rows.get(change.conversation_id);
      const definition = definitions[change.kind as keyof typeof definitions];
      if (!conversation || !definition) return [];
      const after = later.get(conversation.id) ?? 0;
      if (wasUnread) later.set(conversation.id, after + 1);
      const body = {
        profileId,
        message: presentMessage(message),
        conversation: presentConversation({
          ...conversation,
          unread_count: conversation.unread_count + after,
        }),
        change: {
          waMessageId: change.wa_message_id,
          at: change.at.toISOString(),
          ...(change.kind === 'reaction' && {
            reaction: presentReaction({
              emoji: String(change.content.emoji ?? ''),
              sender: change.author,
              name: change.author_name,
              fromMe: change.author_key === 'me',
              at: change.at.toISOString(),
            }),
          }),
          ...(change.kind === 'poll-vote' && { vote: voteOf(change, message) }),
          ...(change.kind === 'event-response' && { response: responseOf(change, message) }),
        },
      };
      return [{ definition, organizationId, profileId, body }];
    })
    .toReversed();
}

/** Whether its author comes. */
function responseOf(change: ChangeRow, message: MessageRow) {
  const answer = message.answers?.find((one) => isBy(one, change));
  return answer ? presentResponse(answer) : {};
}

/** What its author votes for now; nothing when they took their vote back. */
function voteOf(change: ChangeRow, message: MessageRow) {
  const { options } = message.content;
  const answer = message.answers?.find((one) => isBy(one, change));
  return {
    options: (answer?.options ?? []).map((index) => (Array.isArray(options) ? options[index] : undefined)),
    senderJid: change.author,
    senderName: change.author_name,
    fromMe: change.author_key === 'me',
    timestamp: change.at.toISOString(),
  };
}
