import { type RawBuilder, sql } from 'kysely';
import { type ChatId, localPart, phoneChat } from '../../platform/chat-id.ts';
import { newId } from '../../platform/ids.ts';
import { formsOf } from '../../platform/number-forms.ts';
import { contactCreated, eventOf } from './contacts.events.ts';
import type { ContactRow } from './people.store.ts';
import type { Whose } from './whose.ts';

/** A contact that is made when nobody has the number yet, as a row of `newcomers`. */
export interface Newcomer {
  organization_id: string;
  profile_id: string;
  contact_id: string;
  phone: string;
  /** All forms of the number, and their chats. */
  forms: string[];
  dialled: ChatId[];
  /** What its event says. */
  contact: unknown;
}

/** Somebody who is written to by this number; `chat` is a phone number's. */
export function newcomer({ organizationId, profileId }: Whose, chat: ChatId, now: Date): Newcomer {
  const phone = localPart(chat);
  const forms = formsOf(phone);
  const row: ContactRow = {
    ...{ id: newId(), organization_id: organizationId, profile_id: profileId, phone, lid: null },
    ...{ name: null, whatsapp_name: null, last_message_at: null, looked_at: null },
    // What the columns begin with.
    ...{ picture_state: 'unknown', picture_version: null, picture_media_id: null },
    ...{ about_state: 'unknown', about: null, tags: [], metadata: {}, is_blocked: false },
    ...{ created_at: now, updated_at: now },
  };
  return {
    ...{ organization_id: organizationId, profile_id: profileId, contact_id: row.id, phone, forms },
    ...{ dialled: forms.map(phoneChat), contact: eventOf(row).body },
  };
}

/** The columns of a {@link Newcomer} in a record of jsonb. */
export const newcomerColumns: RawBuilder<unknown> = sql`organization_id uuid, profile_id uuid, contact_id uuid,
  phone text, forms text[], dialled text[], contact jsonb`;

/** Whether nobody has the number, in any of its forms, of a {@link Newcomer} called `s`. */
export const isUnknown: RawBuilder<unknown> = sql`
  not exists (select from contacts k where k.profile_id = s.profile_id and k.phone = any(s.forms))
  and not exists (select from dialled_numbers d where d.profile_id = s.profile_id and d.dialled = any(s.dialled))`;

/** An insert of contacts, from rows called `newcomers`; it answers the ids of those that are new indeed. */
export const makesContacts = (now: Date): RawBuilder<unknown> => sql`
  insert into contacts (id, organization_id, profile_id, phone, created_at, updated_at)
  select contact_id, organization_id, profile_id, phone, ${now}, ${now} from newcomers order by profile_id, phone
  on conflict do nothing returning id`;

/** What is to be told of those who were `met`. */
export const tellsOfNewcomers = {
  definition: contactCreated,
  from: sql`newcomers where contact_id in (select id from met) order by contact_id`,
  body: sql`contact`,
};
