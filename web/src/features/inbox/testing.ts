import type { ConversationItem, Message } from '@multiwa/sdk';

const start = Date.parse('2026-01-01T00:00:00Z');
const at = (second: number): string => new Date(start + second * 1000).toISOString();

/** A text that was said in this second; for tests. */
export const messageAt = (second: number, more: Partial<Message> = {}): Message =>
  ({
    id: `m${second}`,
    profileId: 'p1',
    conversationId: 'c1',
    messageId: `WA${second}`,
    waMessageId: `WA${second}`,
    direction: 'incoming',
    senderJid: '628111000001@c.us',
    senderName: 'Ani',
    type: 'text',
    content: { text: `Message ${second}` },
    originalContent: null,
    reactions: [],
    status: 'received',
    failureCode: null,
    failureReason: null,
    clientReference: null,
    retryOf: null,
    quotedMessageId: null,
    editedAt: null,
    revokedAt: null,
    starred: false,
    expiresAt: null,
    timestamp: at(second),
    createdAt: at(second),
    updatedAt: at(second),
    ...more,
  }) as Message;

/** A conversation of a list; for tests. */
export const itemOf = (id: string, more: Partial<ConversationItem> = {}): ConversationItem =>
  ({
    id,
    profileId: 'p1',
    chatId: '628111000001@c.us',
    name: 'Ani',
    type: 'user',
    unreadCount: 0,
    isArchived: false,
    isMuted: false,
    isPinned: false,
    isMarkedUnread: false,
    lastMessageAt: at(0),
    createdAt: at(0),
    updatedAt: at(0),
    messageCount: 0,
    lastMessage: null,
    labels: [],
    ...more,
  }) as ConversationItem;
