import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { lidChat, phoneChat } from '../../platform/chat-id.ts';
import { containingFolded } from '../../platform/db/folded.sql.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { formsOf } from '../../platform/number-forms.ts';
import type { Edge, Slice } from '../../platform/slice.ts';
import { isProfileOf, isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { ListedContact, OptedOut } from './contacts.present.ts';
import { asKept, contactNames } from './names.sql.ts';
import type { ContactRow } from './people.store.ts';
import type { Whose } from './whose.ts';

/** Which contacts; what is absent narrows nothing. */
export interface ContactFilter {
  profileId?: string | undefined;
  /** A part of a name or number. */
  search?: string | undefined;
  /** Any of them. */
  tags?: readonly string[] | undefined;
  /** A condition more, on `k`. */
  within?: RawBuilder<SqlBool> | undefined;
}

/** A profile as contacts need it. */
export interface OwnProfile {
  id: string;
  organizationId: string;
  /** That completes local numbers: its own, else the organisation's. */
  country: string | null;
  status: string;
}

/** When they last wrote or were written to: messages say so of their conversation only. */
const talkedAt = sql`(select max(c.last_message_at) from conversations c where c.contact_id = k.id)`;

/** SQL that is true for contacts (`k`) of the filter, but for the profile. */
export function matches(
  organizationId: string,
  { search, tags, within }: ContactFilter,
): RawBuilder<SqlBool> {
  const conditions: RawBuilder<SqlBool>[] = [sql<SqlBool>`true`];
  const text = search?.trim();
  if (text) {
    conditions.push(
      sql<SqlBool>`${contactNames('k')} like ${containingFolded(organizationId, asKept(text))}`,
    );
  }
  if (tags && tags.length > 0) conditions.push(sql<SqlBool>`k.tags && ${[...tags]}::text[]`);
  if (within) conditions.push(within);
  return sql`${sql.join(conditions, sql` and `)}`;
}

export type ContactStore = ReturnType<typeof createContactStore>;

/** Contacts as clients read them. */
export function createContactStore(db: Db, optedOut: OptedOut) {
  /** With whether they want no messages, asked once for all of them. */
  async function asListed(organizationId: string, rows: ListedContact[]): Promise<ListedContact[]> {
    const are = await optedOut(db, organizationId, rows);
    return rows.map((row, n) => ({ ...row, is_opted_out: are[n] }));
  }

  /**
   * The first contacts of one profile behind `after`, along the index that holds them in this order; those of a search or
   * tag by the index that finds them. A kept plan, which knows neither, would look through all for those of a search.
   */
  function ofOneProfile(
    organizationId: string,
    filter: ContactFilter,
    after: Edge | undefined,
    rowsMax: number,
  ) {
    const isNarrow = (filter.search?.trim().length ?? 0) >= 3 || (filter.tags?.length ?? 0) > 0;
    const at = isNarrow ? sql`k.updated_at + interval '0 seconds'` : sql`k.updated_at`;
    return sql`select k.* from contacts k
      where k.profile_id = p.id and ${matches(organizationId, filter)}
        and ${after ? sql`(k.updated_at, k.id) < (${after.at}, ${after.id}::uuid)` : sql`true`}
      order by ${at} desc, k.id desc limit ${rowsMax}`;
  }

  const ofProfile = (profileId: string | undefined) => (profileId ? sql`and p.id = ${profileId}` : sql``);

  return {
    /** Those changed last come first. */
    async list(tenancy: Tenancy, filter: ContactFilter, page: Slice): Promise<ListedContact[]> {
      const { rows } = await sql<ListedContact>`
        with page as materialized (
          select k.* from profiles p,
            lateral (${ofOneProfile(tenancy.organizationId, filter, page.after, page.limit + page.offset)}) k
          where ${isProfileOf(tenancy, 'p')} ${ofProfile(filter.profileId)}
          order by k.updated_at desc, k.id desc limit ${page.limit} offset ${page.offset}
        )
        select k.*, ${talkedAt} as talked_at from page k order by k.updated_at desc, k.id desc`.execute(db);
      return asListed(tenancy.organizationId, rows);
    },

    async count(tenancy: Tenancy, filter: ContactFilter): Promise<number> {
      const { rows } = await sql<{ total: number }>`select count(*) as total from contacts k
        where ${isRowOf(tenancy, 'k')} ${filter.profileId ? sql`and k.profile_id = ${filter.profileId}` : sql``}
          and ${matches(tenancy.organizationId, filter)}`.execute(db);
      return Number(rows[0]?.total ?? 0);
    },

    async find(tenancy: Tenancy, id: string): Promise<ListedContact | undefined> {
      const { rows } = await sql<ListedContact>`select k.*, ${talkedAt} as talked_at from contacts k
        where ${isRowOf(tenancy, 'k')} and k.id = ${id}`.execute(db);
      return (await asListed(tenancy.organizationId, rows))[0];
    },

    /** Nobody else changes it until the transaction ends. */
    lock(tx: Tx, tenancy: Tenancy, id: string): Promise<ContactRow | undefined> {
      return tx
        .selectFrom('contacts')
        .selectAll()
        .where(isRowOf(tenancy, 'contacts'))
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst();
    },

    update(
      tx: Tx,
      id: string,
      values: Partial<
        Pick<ContactRow, 'phone' | 'lid' | 'name' | 'tags' | 'metadata' | 'is_blocked' | 'updated_at'>
      >,
    ): Promise<ContactRow> {
      return tx
        .updateTable('contacts')
        .set(values)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    /** With what was kept of the number besides; `everything` takes the entry of the address book along. */
    async remove(tx: Tx, { id, profile_id, phone, lid }: ContactRow, everything: boolean): Promise<void> {
      await tx.deleteFrom('contacts').where('id', '=', id).execute();
      const forms = phone ? formsOf(phone) : [];
      const persons = [...forms.map(phoneChat), ...(lid ? [lidChat(lid)] : [])];
      await sql`delete from number_checks where profile_id = ${profile_id} and phone = any(${forms}::text[])`.execute(
        tx,
      );
      await sql`delete from dialled_numbers where profile_id = ${profile_id} and dialled = any(${persons}::text[])`.execute(
        tx,
      );
      if (!everything) return;
      await sql`delete from address_books where profile_id = ${profile_id} and person = any(${persons}::text[])`.execute(
        tx,
      );
    },

    /** The conversations with a contact. */
    async conversationsOf(id: string): Promise<string[]> {
      const rows = await db.selectFrom('conversations').select('id').where('contact_id', '=', id).execute();
      return rows.map((row) => row.id);
    },

    /** How many contacts have each tag, the most frequent first. */
    async tags(tenancy: Tenancy, profileId: string | undefined): Promise<{ tag: string; count: number }[]> {
      const { rows } = await sql<{ tag: string; count: number }>`
        select tag, count(*)::int as count from contacts k, unnest(k.tags) as tag
        where ${isRowOf(tenancy, 'k')} ${profileId ? sql`and k.profile_id = ${profileId}` : sql``} and k.tags <> '{}'
        group by tag order by count(*) desc, tag limit ${tagsListedMax}`.execute(db);
      return rows;
    },

    /** The profile that a request names, as long as it is one of the tenancy; in a transaction it stays. */
    async profile(tenancy: Tenancy, id: string, tx?: Tx): Promise<OwnProfile | undefined> {
      const { rows } = await sql<OwnProfile>`
        select p.id, p.organization_id as "organizationId", p.status,
          coalesce(p.default_country, o.default_country) as country
        from profiles p join organizations o on o.id = p.organization_id
        where p.id = ${id} and ${isProfileOf(tenancy, 'p')} ${tx ? sql`for key share of p` : sql``}`.execute(
        tx ?? db,
      );
      return rows[0];
    },

    /**
     * The fields that these contacts have as text, the most frequent first, and whether any has one that is no text; for
     * exports.
     */
    async fields(
      organizationId: string,
      profileIds: readonly string[],
      filter: ContactFilter,
      limit: number,
    ): Promise<{ texts: string[]; hasOthers: boolean }> {
      const { rows } = await sql<{ field: string; is_text: boolean }>`
        select m.key as field, jsonb_typeof(m.value) = 'string' as is_text
        from contacts k cross join lateral jsonb_each(k.metadata) m
        where k.profile_id = any(${[...profileIds]}::uuid[]) and k.metadata <> '{}' and ${matches(organizationId, filter)}
        group by 1, 2 order by count(*) desc, 1`.execute(db);
      const texts = rows.filter(({ is_text }) => is_text).map(({ field }) => field);
      const hasOthers = texts.length > limit || rows.some(({ is_text }) => !is_text);
      return { texts: texts.slice(0, limit), hasOthers };
    },

    /** The next contacts of a profile by name, for exports; only the columns that those show. */
    async exported(
      { organizationId, profileId }: Whose,
      filter: ContactFilter,
      after: { name: string; id: string } | undefined,
      limit: number,
    ): Promise<ExportedContact[]> {
      const { rows } = await sql<ExportedContact>`
        select k.id, left(coalesce(k.name, ''), 100) as sorted, k.phone, k.lid, k.name, k.whatsapp_name, k.tags, k.metadata,
          k.created_at
        from contacts k
        where k.profile_id = ${profileId} and ${matches(organizationId, filter)}
          and ${after ? sql`(left(coalesce(k.name, ''), 100), k.id) > (${after.name}, ${after.id}::uuid)` : sql`true`}
        order by left(coalesce(k.name, ''), 100), k.id limit ${limit}`.execute(db);
      return rows;
    },
  };
}

const tagsListedMax = 1_000;

export type ExportedContact = Pick<
  ContactRow,
  'id' | 'phone' | 'lid' | 'name' | 'whatsapp_name' | 'tags' | 'metadata' | 'created_at'
> & { sorted: string };
