import Type from 'typebox';
import { JsonObject, Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import { bulkEventFields } from '../bulk-acts/index.ts';
import { bulkAbout } from './bulk/bulk.schema.ts';
import { presentConversation } from './conversations.present.ts';
import type { ConversationRow } from './conversations.tables.ts';

const Text = Type.String();
const about = {
  profileId: Text,
  conversationId: Text,
  chatId: Text,
  timestamp: Text,
};

const { profileId, conversationId, chatId, timestamp } = example;
const aboutExample = { profileId, conversationId, chatId, timestamp };
const conversationExample = {
  id: conversationId,
  profileId,
  jid: chatId,
  chatId,
  name: 'Ani',
  unreadCount: 0,
};
const noteExample = {
  ...aboutExample,
  noteId: '0199d6a2-b1c2-7d3e-8f40-516273849506',
  authorId: example.userId,
  text: 'Pays in cash.',
};

/** Who changed it: somebody here, another device of the account, or time. */
export type Source = 'api' | 'phone' | 'time';

export const conversationUpdated = defineEvent({
  name: 'conversation.updated',
  what:
    'A conversation was archived, muted, pinned, marked as unread, labelled, closed, put to rest or the like; `changed` ' +
    'names the fields of `conversation`. `source` is `api`, `phone` (another device of the account) or `time`.',
  permission: 'message:read',
  example: {
    ...aboutExample,
    changed: ['isPinned'],
    source: 'phone',
    conversation: { ...conversationExample, isPinned: true },
  },
  body: Type.Object({ ...about, changed: Type.Array(Text), source: Text, conversation: JsonObject }),
});

export const conversationAssigned = defineEvent({
  name: 'conversation.assigned',
  what: 'A conversation was given to a member, taken from one, or both.',
  permission: 'message:read',
  example: {
    ...aboutExample,
    assignedUserId: example.userId,
    previousUserId: null,
    byUserId: example.userId,
    conversation: { ...conversationExample, assignedUserId: example.userId },
  },
  body: Type.Object({
    ...about,
    assignedUserId: Nullable(Text),
    previousUserId: Nullable(Text),
    /** Who gave it; absent in events from before this was told. */
    byUserId: Type.Optional(Text),
    conversation: JsonObject,
  }),
  notice: ({ body }) =>
    body.assignedUserId === null || body.assignedUserId === body.byUserId
      ? undefined
      : {
          kind: 'message',
          title: String(body.conversation.name ?? body.chatId),
          body: 'This conversation was given to you.',
          metadata: { profileId: body.profileId, conversationId: body.conversationId },
          topic: `assigned ${body.conversationId}`,
          onlyTo: body.assignedUserId,
        },
});

export const conversationCleared = defineEvent({
  name: 'conversation.cleared',
  what: 'The messages of a conversation were deleted, those up to `upTo`. No event tells of each.',
  permission: 'message:read',
  example: { ...aboutExample, upTo: example.timestamp, source: 'phone' },
  body: Type.Object({ ...about, upTo: Text, source: Text }),
});

export const conversationDeleted = defineEvent({
  name: 'conversation.deleted',
  what: 'A conversation was deleted with all its messages. No event tells of each message.',
  permission: 'message:read',
  example: { ...aboutExample, source: 'api' },
  body: Type.Object({ ...about, source: Text }),
});

const aboutNote = { ...about, noteId: Text, authorId: Nullable(Text), text: Text };

export const noteCreated = defineEvent({
  name: 'conversation.note.created',
  what: 'Somebody wrote an internal note about a conversation. Notes are never sent.',
  permission: 'message:read',
  example: noteExample,
  body: Type.Object(aboutNote),
});

export const noteUpdated = defineEvent({
  name: 'conversation.note.updated',
  what: 'An internal note says something else.',
  permission: 'message:read',
  example: { ...noteExample, text: 'Pays in cash, on Fridays.' },
  body: Type.Object(aboutNote),
});

export const noteDeleted = defineEvent({
  name: 'conversation.note.deleted',
  what: 'An internal note was deleted.',
  permission: 'message:read',
  example: { ...aboutExample, noteId: noteExample.noteId },
  body: Type.Object({ ...about, noteId: Text }),
});

export const conversationsChanged = defineEvent({
  name: 'conversation.bulk',
  what:
    'One act on many conversations goes on (`status` is `running`, every two seconds at most) or has ended. Each that changes is told ' +
    'of by its own event, too.',
  permission: 'message:read',
  example: {
    ...{ profileId, bulkId: '0199d6a2-e5f6-7071-8293-94a5b6c7d8e9', act: 'archive', status: 'done' },
    ...{ total: 250, done: 250, changed: 248, failed: 0 },
  },
  body: Type.Object({ ...bulkEventFields, ...bulkAbout }),
});

/** What every event of a conversation says of it. */
export function aboutConversation(row: ConversationRow, now: Date) {
  return {
    organizationId: row.organization_id,
    profileId: row.profile_id,
    about: {
      profileId: row.profile_id,
      conversationId: row.id,
      chatId: row.chat,
      timestamp: now.toISOString(),
    },
    conversation: presentConversation(row) as Record<string, unknown>,
  };
}

/** The event of a change, ready to be recorded. */
export function updated(row: ConversationRow, changed: readonly string[], source: Source, now: Date) {
  const { about: fields, conversation, ...whose } = aboutConversation(row, now);
  const body = { ...fields, changed: [...changed], source, conversation };
  return { ...whose, definition: conversationUpdated, body };
}
