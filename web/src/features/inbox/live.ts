import type { ConversationItem, GatewayEvent, Message, Profile } from '@multiwa/sdk';
import type { QueryClient } from '@tanstack/react-query';
import { defineLive } from '../../live/index.ts';
import { profilesQuery } from '../../session/index.ts';
import { arrivedMessage } from './arrived.ts';
import {
  dropConversation,
  editConversation,
  editMessage,
  editThread,
  heldMessage,
  readMessage,
  takeIn,
} from './cache.ts';
import { outbox } from './outbox.ts';
import { messageQuery, threadKey } from './queries.ts';
import { settle } from './settle.ts';
import { goesOn, type Status, withoutMessages } from './thread.ts';

type Told = GatewayEvent<
  | 'message.queued'
  | 'message.requeued'
  | 'message.sent'
  | 'message.delivered'
  | 'message.read'
  | 'message.cancelled'
  | 'message.failed'
>;

/** A message after an event of what became of it. One that waits once more begins again. */
export function withStatus(message: Message, { event, data, timestamp: updatedAt }: Told): Message {
  const status = data.status as Status;
  if (event === 'message.requeued')
    return { ...message, status, failureCode: null, failureReason: null, updatedAt };
  if (!goesOn(message.status, status)) return message;
  const { code = null, error = null } = data as Partial<GatewayEvent<'message.failed'>['data']>;
  return { ...message, status, failureCode: code, failureReason: error, updatedAt };
}

/** What became of a message of ours; one that is not known here was sent elsewhere: by a colleague, a program or the phone. */
function told(event: Told, cache: QueryClient): void {
  const { data } = event;
  cache.removeQueries({ queryKey: messageQuery(data.messageId).queryKey, type: 'inactive' });
  void cache.invalidateQueries({ queryKey: messageQuery(data.messageId).queryKey });
  const pending = data.clientReference === null ? undefined : outbox.find(data.clientReference);
  if (pending) {
    settle(cache, pending, { ...data, status: data.status as Status });
    return;
  }
  editConversation(cache, data.conversationId, (item) =>
    item.lastMessage?.id === data.messageId
      ? { ...item, lastMessage: withStatus(item.lastMessage, event) }
      : item,
  );
  if (heldMessage(cache, data)) editMessage(cache, data, (message) => withStatus(message, event));
  else if (data.previousStatus === null) void readMessage(cache, data);
}

const changed =
  <Name extends 'message.edited' | 'message.revoked' | 'message.reaction' | 'message.poll_vote'>(
    change: (message: Message, data: GatewayEvent<Name>['data']) => Message,
  ) =>
  ({ data }: GatewayEvent<Name>, cache: QueryClient): void => {
    const messageId = data.id;
    const { conversationId } = data;
    editMessage(cache, { conversationId, messageId }, (message) => change(message, data));
    editConversation(cache, conversationId, (item) =>
      item.lastMessage?.id === messageId ? { ...item, lastMessage: change(item.lastMessage, data) } : item,
    );
  };

/** With the fields that an event of a conversation names; it tells no names, pictures and labels. */
export const withTold = (
  item: ConversationItem,
  conversation: Record<string, unknown>,
): ConversationItem => ({
  ...item,
  ...Object.fromEntries(Object.entries(conversation).filter(([key]) => key !== 'name' && key in item)),
});

const arrived = (
  event: GatewayEvent<'message.received'> | GatewayEvent<'message.undecrypted'>,
  cache: QueryClient,
): void => takeIn(cache, arrivedMessage(event), event.timestamp);

const readAgain = ({ data }: { data: { id: string; conversationId: string } }, cache: QueryClient): void => {
  const where = { messageId: data.id, conversationId: data.conversationId };
  if (heldMessage(cache, where)) void readMessage(cache, where);
};

export const live = defineLive({
  'message.received': arrived,
  'message.undecrypted': arrived,
  'call.ended': ({ data }, cache) => void readMessage(cache, data),
  'group.changed': ({ data }, cache) => void readMessage(cache, data),
  'message.queued': told,
  'message.requeued': told,
  'message.sent': told,
  'message.delivered': told,
  'message.read': told,
  'message.cancelled': told,
  'message.failed': told,
  'message.media': ({ data }, cache) => {
    if (heldMessage(cache, data)) void readMessage(cache, data);
  },
  'message.edited': changed<'message.edited'>(
    (message, { content, originalContent, editedAt }) =>
      ({ ...message, content, originalContent, editedAt }) as Message,
  ),
  'message.revoked': (event, cache) => {
    const { conversationId, unreadCount } = event.data;
    changed<'message.revoked'>(
      (message, { revokedAt, revokedBy }) => ({ ...message, content: {}, revokedAt, revokedBy }) as Message,
    )(event, cache);
    editConversation(cache, conversationId, (item) => ({ ...item, unreadCount }));
  },
  'message.reaction': changed<'message.reaction'>((message, { reactions }) => ({
    ...message,
    reactions: reactions as unknown as Message['reactions'],
  })),
  'message.poll_vote': changed<'message.poll_vote'>((message, { votes }) => ({
    ...message,
    votes: votes as unknown as NonNullable<Message['votes']>,
  })),
  'message.change_failed': ({ data }, cache) => {
    if (heldMessage(cache, data)) void readMessage(cache, data);
  },
  'message.event_response': readAgain,
  'message.pinned': readAgain,
  'message.starred': readAgain,
  'message.kept': readAgain,
  'message.deleted': ({ data }, cache) => {
    editThread(cache, data.conversationId, (thread) =>
      withoutMessages(thread, ({ id }) => id === data.messageId),
    );
    editConversation(cache, data.conversationId, (item) =>
      item.lastMessage?.id === data.messageId ? { ...item, lastMessage: null } : item,
    );
  },
  'message.marked_read': ({ data }, cache) =>
    editConversation(cache, data.conversationId, (item) => ({
      ...item,
      unreadCount: data.unreadCount,
      isMarkedUnread: data.unreadCount === 0 ? false : item.isMarkedUnread,
    })),
  'conversation.updated': ({ data }, cache) =>
    editConversation(cache, data.conversationId, (item) => withTold(item, data.conversation)),
  'conversation.assigned': ({ data }, cache) =>
    editConversation(cache, data.conversationId, (item) => withTold(item, data.conversation)),
  'conversation.cleared': ({ data }, cache) => {
    editThread(cache, data.conversationId, (thread) =>
      withoutMessages(thread, ({ timestamp }) => timestamp <= data.upTo),
    );
    editConversation(cache, data.conversationId, (item) =>
      item.lastMessage && item.lastMessage.timestamp <= data.upTo
        ? { ...item, lastMessage: null, unreadCount: 0 }
        : item,
    );
  },
  'conversation.deleted': ({ data }, cache) => {
    dropConversation(cache, data.conversationId);
    cache.removeQueries({ queryKey: threadKey(data.conversationId) });
  },
  'connection.update': ({ data }, cache) =>
    cache.setQueryData<Profile[]>(profilesQuery.queryKey, (profiles) =>
      profiles?.map((profile) =>
        profile.id === data.profileId
          ? { ...profile, status: data.status as Profile['status'], statusReason: data.reason }
          : profile,
      ),
    ),
});
