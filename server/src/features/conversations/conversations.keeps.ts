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
    'is_pinned',
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

/** What a person takes along of a conversation assigned to them; every other column is withheld. */
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

export const conversationKeeps: Keeps = {
  sections: { person: [assigned], organization: [conversations] },
  withheld: {
    chat_expirations: 'a setting of chats without a conversation, shown with it when there is one',
  },
  ofPerson: [
    {
      place: 20,
      erase: (tx, { id: userId, organizationId }, now) =>
        unassign(tx, { organizationId, userId }, now, 'all'),
    },
  ],
  rows: [{ place: 60, table: 'conversations', of: ofOrganization }],
};
