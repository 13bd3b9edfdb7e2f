import Type from 'typebox';
import { JsonObject, Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { presentConversation } from './conversations.present.ts';
import type { ConversationRow } from './conversations.tables.ts';

const Text = Type.String();
const about = {
  profileId: Text,
  conversationId: Text,
  chatId: Text,
  timestamp: Text,
};

/** Who changed it: somebody here, another device of the account, or time. */
export type Source = 'api' | 'phone' | 'time';

export const conversationUpdated = defineEvent({
  name: 'conversation.updated',
  what:
    'A conversation was archived, muted, pinned, marked as unread, labelled, closed, put to rest or the like; `changed` ' +
    'names the fields of `conversation`. `source` is `api`, `phone` (another device of the account) or `time`.',
  permission: 'message:read',
  body: Type.Object({ ...about, changed: Type.Array(Text), source: Text, conversation: JsonObject }),
});

export const conversationAssigned = defineEvent({
  name: 'conversation.assigned',
  what: 'A conversation was given to a member, taken from one, or both.',
  permission: 'message:read',
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
  body: Type.Object({ ...about, upTo: Text, source: Text }),
});

export const conversationDeleted = defineEvent({
  name: 'conversation.deleted',
  what: 'A conversation was deleted with all its messages. No event tells of each message.',
  permission: 'message:read',
  body: Type.Object({ ...about, source: Text }),
});

const aboutNote = { ...about, noteId: Text, authorId: Nullable(Text), text: Text };

export const noteCreated = defineEvent({
  name: 'conversation.note.created',
  what: 'Somebody wrote an internal note about a conversation. Notes are never sent.',
  permission: 'message:read',
  body: Type.Object(aboutNote),
});

export const noteUpdated = defineEvent({
  name: 'conversation.note.updated',
  what: 'An internal note says something else.',
  permission: 'message:read',
  body: Type.Object(aboutNote),
});

export const noteDeleted = defineEvent({
  name: 'conversation.note.deleted',
  what: 'An internal note was deleted.',
  permission: 'message:read',
  body: Type.Object({ ...about, noteId: Text }),
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
