import { type Kysely, sql } from 'kysely';

/**
 * Contacts are listed newest first, searched in any script, exported by name and filtered by tag; each has its index. What
 * WhatsApp said of a number that was checked is kept for a while. The indexes take a second for each 100,000 contacts.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create index contacts_recent on contacts (profile_id, updated_at desc, id desc)`,
  `create index contacts_by_name on contacts (profile_id, left(coalesce(name, ''), 100), id)`,
  `create index contacts_by_tag on contacts using gin (tags)`,
  // Without the extension for trigrams a search looks through the contacts of its profile.
  `do $do$ declare place text; begin
    select quote_ident(n.nspname) into place
      from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
    if place is not null then
      execute $q$create index contacts_by_words on contacts using gin
        ((coalesce(name, '') || E'\\n' || coalesce(whatsapp_name, '') || E'\\n' || coalesce(phone, '')) $q$ || place ||
        '.gin_trgm_ops)';
    end if;
  end $do$`,
  `create table number_checks (
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    phone text not null,
    address text,
    checked_at timestamptz not null,
    primary key (profile_id, phone)
  )`,
  `create index number_checks_by_age on number_checks (profile_id, checked_at)`,
  `create index number_checks_by_organization on number_checks (organization_id)`,
];
