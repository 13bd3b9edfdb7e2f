import { type RawBuilder, sql } from 'kysely';
import { type ChatId, localPart } from '../../platform/chat-id.ts';

/** A person and the name they give themselves now. */
export interface Named {
  phone?: ChatId;
  lid?: ChatId;
  name: string;
}

/**
 * The parts of a statement that stores the new names of people who are contacts. The last part, `learnt`, has each
 * contact that changed: its `id`, and the name to show as `shown`.
 */
export function namesLearnt(profileId: string, people: readonly Named[], now: Date): RawBuilder<unknown> {
  const digits = (chat: ChatId | undefined) => (chat ? localPart(chat) : null);
  return sql`people as materialized (
      select * from unnest(${people.map(({ phone }) => digits(phone))}::text[],
        ${people.map(({ lid }) => digits(lid))}::text[], ${people.map(({ name }) => name)}::text[]) as t (phone, lid, name)
    ), found as materialized (
      select k.id, t.name from people t join contacts k on k.profile_id = ${profileId} and k.phone = t.phone
      union
      select k.id, t.name from people t join contacts k on k.profile_id = ${profileId} and k.lid = t.lid
    ), news as materialized (
      select k.id, f.name from contacts k join (select distinct on (id) * from found order by id) f on f.id = k.id
      where k.whatsapp_name is distinct from f.name order by k.id for no key update of k
    ), learnt as (
      update contacts k set whatsapp_name = n.name, updated_at = ${now} from news n where k.id = n.id
      returning k.id, coalesce(k.name, k.whatsapp_name) as shown
    )`;
}
