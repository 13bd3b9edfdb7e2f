import { sql } from 'kysely';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization, type Section } from '../../platform/keeps/section.ts';
import { unassign } from './lock-order.store.ts';

const conversations: Section = {
  name: 'conversations',
  place: 220,
  table: 'conversations',
  columns: [
    'id',
    'organization_id',
    'profile_id',
    'contact_id',
    'assigned_user_id',
    'chat',
    'lid',
    'type',
    'name',
    'expiration',
    'expiration_since',
    'message_count',
    'unread_count',
    'is_archived',
    'is_muted',
    'muted_until',
    'is_pinned',
    'is_marked_unread',
    'status',
    'snoozed_until',
    'metadata',
    'last_message_at',
    'address_checked_at',
    'unreached',
    'created_at',
    'updated_at',
  ],
  named: { chat: 'chatId' },
  key: [['id', 'uuid']],
  of: ofOrganization,
};

/** Columns in the export of a person to whom the conversation is assigned; every other column is withheld. */
const columnsOfAssigned = [
  'id',
  'organization_id',
  'profile_id',
  'assigned_user_id',
  'type',
  'created_at',
  'updated_at',
];

const assigned: Section = {
  name: 'assignedConversations',
  place: 90,
  table: 'conversations',
  columns: columnsOfAssigned,
  withheld: Object.fromEntries(
    conversations.columns
      .filter((column) => !columnsOfAssigned.includes(column))
      .map((column) => [column, 'about the other side, and the organisation has it']),
  ),
  key: [['id', 'uuid']],
  of: ({ userId, organizationId }) =>
    sql`assigned_user_id = ${userId} and organization_id = ${organizationId}`,
};

const labels: Section = {
  name: 'labels',
  place: 222,
  table: 'labels',
  columns: ['id', 'organization_id', 'profile_id', 'wa_label', 'name', 'color', 'created_at', 'updated_at'],
  named: { wa_label: 'whatsappLabel' },
  key: [['id', 'uuid']],
  of: ofOrganization,
};

const noteColumns = [
  'id',
  'organization_id',
  'profile_id',
  'conversation_id',
  'author_id',
  'text',
  'created_at',
  'updated_at',
];

const notes: Section = {
  name: 'conversationNotes',
  place: 224,
  table: 'conversation_notes',
  columns: noteColumns,
  key: [['id', 'uuid']],
  of: ofOrganization,
};

/** What a person wrote about conversations of the organisation. */
const written: Section = {
  ...notes,
  name: 'writtenNotes',
  place: 92,
  of: ({ userId, organizationId }) => sql`author_id = ${userId} and organization_id = ${organizationId}`,
};

export const conversationKeeps: Keeps = {
  sections: { person: [assigned, written], organization: [conversations, labels, notes] },
  withheld: {
    conversation_labels: 'which labels a conversation has; it names two rows that are shown',
    chat_states:
      'when something was set for a chat, and whether its phone knows; shown with the conversation',
    chat_expirations: 'a setting of chats without a conversation, shown with it when there is one',
  },
  ofPerson: [
    {
      place: 20,
      erase: (tx, { id: userId, organizationId }, now) =>
        unassign(tx, { organizationId, userId }, now, 'all'),
    },
  ],
  rows: [
    { place: 55, table: 'conversation_notes', of: ofOrganization },
    { place: 57, table: 'chat_states', of: ofOrganization },
    { place: 60, table: 'conversations', of: ofOrganization },
  ],
};
