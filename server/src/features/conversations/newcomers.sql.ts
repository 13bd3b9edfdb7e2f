import { type RawBuilder, sql } from 'kysely';
import type { ChatId } from '../../platform/chat-id.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { newId } from '../../platform/ids.ts';
import {
  isUnknown,
  makesContacts,
  newcomer,
  newcomerColumns,
  tellsOfNewcomers,
  type Whose,
} from '../contacts/index.ts';

/** The first messages to a number. */
export interface FirstMessages extends Whose {
  /** A phone number's. */
  chat: ChatId;
  count: number;
  latest: Date;
}

/**
 * Parts of a statement that make the contact and the conversation of people nobody knows anything of: their rows are in `opened`,
 * and `greeted` tells of the contacts. Where anything is known, the number in another form, a setting of its chat, they
 * make nothing: then `resolveConversation` has to do it.
 */
export function opensConversations(
  events: Pick<EventRecorder, 'insertFrom'>,
  people: readonly FirstMessages[],
  now: Date,
): RawBuilder<unknown> {
  const rows = people.map(({ chat, count, latest, ...whose }) => ({
    ...newcomer(whose, chat, now),
    ...{ conversation_id: newId(), chat, messages: count, latest },
  }));
  return sql`
    newcomers as materialized (
      select s.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s (${newcomerColumns},
        conversation_id uuid, chat text, messages int, latest timestamptz)
      join profiles p on p.id = s.profile_id and p.organization_id = s.organization_id
      where ${isUnknown}
        and not exists (select from conversations c where c.profile_id = s.profile_id and c.chat = any(s.dialled))
        and not exists (select from chat_states t where t.profile_id = s.profile_id and t.chat = s.chat)
        and not exists (select from chat_expirations e where e.profile_id = s.profile_id and e.chat = s.chat)
    ), met as (${makesContacts(now)}), opened as (
      insert into conversations (id, organization_id, profile_id, contact_id, chat, type, message_count,
        last_message_at, created_at, updated_at)
      select conversation_id, organization_id, profile_id, contact_id, chat, 'user', messages,
        latest, ${now}, ${now} from newcomers where contact_id in (select id from met) order by profile_id, phone
      on conflict do nothing
      returning id, profile_id, chat, address_checked_at, expiration, expiration_since
    ), greeted as (${events.insertFrom(tellsOfNewcomers)} returning 1)`;
}
