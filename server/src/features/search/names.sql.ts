import { type RawBuilder, sql } from 'kysely';

/*
 * Names are folded by the database, on both sides: whatever changes them, their index is current. The same text stands in
 * the migration of the indexes (`0038-names-by-trigram`); a test of plans holds them together.
 */

const marks = `'[\\u0300-\\u036f\\u0591-\\u05c7\\u0640\\u064b-\\u065f\\u0670]'`;

const folded = (text: string) => [
  `lower(normalize(regexp_replace(normalize(${text}`,
  `, NFKD), ${marks}, '', 'g'), NFC))`,
];

const words = {
  contacts: `coalesce(name, '') || E'\\n' || coalesce(whatsapp_name, '') || E'\\n' || coalesce(phone, '')`,
  conversations: `coalesce(name, '') || E'\\n' || split_part(chat, '@', 1)`,
} as const;

/** What contacts and conversations are found by, as their indexes have it. */
export const namesOf = (table: keyof typeof words): RawBuilder<string> =>
  sql.raw(`(right(organization_id::text, 3) || ' ' || ${folded(words[table]).join('')})`);

/** A pattern of `like` for names of an organisation that contain the term. */
export function namesLike(organizationId: string, term: string): RawBuilder<string> {
  const [before = '', behind = ''] = folded('');
  const literally = sql`regexp_replace(${sql.raw(before)}${term}::text${sql.raw(behind)}, '([\\%_])', '\\\\\\1', 'g')`;
  return sql`(${organizationId.slice(-3)}::text || ' %' || ${literally} || '%')`;
}
