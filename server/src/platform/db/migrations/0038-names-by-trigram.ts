import { type Kysely, sql } from 'kysely';

/**
 * Conversations and contacts are found by parts of their names and numbers, in any script and without accents. Two indexes
 * are built: some five seconds at 100,000 of each. Without the extension for trigrams the newest of both are looked through.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statement).execute(db);
}

// The texts are those of `features/search/names.sql.ts`, or no query goes along the indexes.
const folded = (text: string) =>
  `lower(normalize(regexp_replace(normalize(${text}, NFKD), '[\\u0300-\\u036f\\u0591-\\u05c7\\u0640\\u064b-\\u065f\\u0670]', '', 'g'), NFC))`;
const contact = `coalesce(name, '') || E'\\n' || coalesce(whatsapp_name, '') || E'\\n' || coalesce(phone, '')`;
const conversation = `coalesce(name, '') || E'\\n' || split_part(chat, '@', 1)`;
const inOrganization = (text: string) => `(right(organization_id::text, 3) || ' ' || ${folded(text)})`;

const statement = `do $do$ declare place text; begin
  select quote_ident(n.nspname) into place
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
  if place is not null then
    execute $q$create index contacts_by_folded_name on contacts using gin (${inOrganization(contact)} $q$ || place ||
      '.gin_trgm_ops) with (gin_pending_list_limit = 256)';
    execute $q$create index conversations_by_folded_name on conversations using gin (${inOrganization(conversation)} $q$ || place ||
      '.gin_trgm_ops) with (gin_pending_list_limit = 256)';
  end if;
  create index contacts_newest on contacts (organization_id, id desc);
end $do$`;
