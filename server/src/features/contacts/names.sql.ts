import { type RawBuilder, sql } from 'kysely';
import { type ChatId, localPart } from '../../platform/chat-id.ts';
import { foldedWords } from '../../platform/db/folded.sql.ts';

/** A person and the name they give themselves now. */
export interface Named {
  phone?: ChatId;
  lid?: ChatId;
  name: string;
}

/**
 * The parts of a statement that stores the new names of people who are contacts. The last part, `learnt`, has each
 * contact that changed, as it is now, with the name to show as `shown`.
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
      returning k.*, coalesce(k.name, k.whatsapp_name) as shown
    )`;
}

/** What contacts are found by, as their index has it; `contact` is the name of the row in the statement. */
export const contactNames = (contact: string): RawBuilder<string> =>
  foldedWords(
    `${contact}.organization_id`,
    `coalesce(${contact}.name, '') || E'\\n' || coalesce(${contact}.whatsapp_name, '') || E'\\n' || coalesce(${contact}.phone, '')`,
  );

/** A number as it is kept, however it is written; any other text as it is. */
export function asKept(text: string): string {
  if (!/^[+\d\s()./-]+$/.test(text) || !/\d/.test(text)) return text;
  const digits = text.replace(/\D/g, '');
  return digits.replace(/^0+/, '') || digits;
}
