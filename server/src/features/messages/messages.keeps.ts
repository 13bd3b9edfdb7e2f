import { sql } from 'kysely';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization, type Section } from '../../platform/keeps/section.ts';

const messages: Section = {
  name: 'messages',
  place: 230,
  table: 'messages',
  columns: [
    'id',
    'organization_id',
    'profile_id',
    'conversation_id',
    'wa_message_id',
    'direction',
    'sender',
    'sender_name',
    'type',
    'edited_at',
    'revoked_at',
    'revoked_by',
    'reactions',
    'answers',
    'marks',
    'quoted_message_id',
    'status',
    'failure_code',
    'failure_reason',
    'origin_kind',
    'origin_id',
    'client_reference',
    'retry_of',
    'metadata',
    'expiration',
    'expires_at',
    'timestamp',
    'created_at',
    'updated_at',
  ],
  named: { wa_message_id: 'messageId', sender: 'senderJid' },
  derived: {
    waMessageId: sql`wa_message_id`,
    content: sql`content - array['secret', 'raw']`,
    originalContent: sql`original_content - array['secret', 'raw']`,
  },
  withheld: {
    original_content: 'as the content',
    content: 'shown without the secret that answers are sealed with, and what could not be read',
    ...Object.fromEntries(['seq', 'generation', 'receipt_due'].map((column) => [column, 'how it travels'])),
  },
  key: [
    ['timestamp', 'timestamptz'],
    ['seq', 'bigint'],
  ],
  newestFirst: true,
  perProfile: true,
  of: ofOrganization,
};

export const messageKeeps: Keeps = {
  sections: { organization: [messages] },
  withheld: {
    message_changes: 'edits, revokes, reactions and votes; shown with the messages they are about',
    message_deeds: 'the same on their way out',
    member_receipts: 'which people of groups have messages; shown with `GET /messages/:id/receipts`',
    outbox: 'which messages are on their way; shown as their status',
    removed_messages: 'ids of what was deleted, so that it stays so',
    awaited_stars: 'stars for messages that are not here',
    message_files: 'where files lie at WhatsApp and what opens them; the files are shown with their messages',
  },
  hiding: [
    {
      place: 20,
      async hide(tx, organizationId, now) {
        await sql`with gone as (
            delete from outbox
            where profile_id = any(array(select id from profiles where organization_id = ${organizationId}))
            returning message_id
          )
          update messages set status = 'cancelled', updated_at = ${now} from gone where id = gone.message_id`.execute(
          tx,
        );
        await tx
          .deleteFrom('message_deeds')
          .where('organization_id', '=', organizationId)
          .where('status', '=', 'queued')
          .execute();
      },
    },
  ],
  rows: [
    { place: 25, table: 'message_deeds', of: ofOrganization },
    { place: 30, table: 'message_changes', of: ofOrganization },
    { place: 34, table: 'member_receipts', of: ofOrganization },
    { place: 35, table: 'message_files', of: ofOrganization },
    { place: 37, table: 'removed_messages', of: ofOrganization },
    { place: 38, table: 'awaited_stars', of: ofOrganization },
    { place: 40, table: 'messages', of: ofOrganization },
  ],
};
