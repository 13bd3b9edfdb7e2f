import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { alongTrigrams } from '../../platform/db/along-trigrams.sql.ts';
import { containingFolded } from '../../platform/db/folded.sql.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isProfileOf, isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import { contactNames } from '../contacts/index.ts';
import { conversationNames } from '../conversations/index.ts';

export interface ConversationFound {
  id: string;
  profile_id: string;
  contact_id: string | null;
  chat: string;
  type: string;
  name: string | null;
  unread_count: number;
  last_message_at: Date | null;
}
export interface ContactFound {
  id: string;
  profile_id: string;
  phone: string | null;
  lid: string | null;
  name: string | null;
  whatsapp_name: string | null;
  tags: string[];
}
export interface ProfileFound {
  id: string;
  workspace_id: string;
  display_name: string;
  phone_number: string | null;
  status: string;
}

export interface BroadcastFound {
  id: string;
  profile_id: string;
  name: string;
  status: string;
  created_at: Date;
}

const names = { contacts: contactNames('contacts'), conversations: conversationNames('conversations') };

/** Of more than these, nobody can tell which matter most; the first ones then stand for all. */
const hitsMax = 500;
/** So many of the newest are looked through where the index does not help: of each profile, and contacts in all. */
const newestConversations = 200;
const newestContacts = 2_000;
const newestBroadcasts = 2_000;

const all = (parts: readonly RawBuilder<unknown>[]) => sql.join([...parts], sql` and `);

/** Finds conversations, contacts, profiles and broadcasts by name and number. Terms are as somebody wrote them. With `msMax` it waits so long for the index. */
export function createPeopleStore(db: Db, { msMax }: { msMax?: number } = {}) {
  const named = (
    table: 'contacts' | 'conversations',
    { organizationId }: Tenancy,
    terms: readonly string[],
  ) => all(terms.map((term) => sql<SqlBool>`${names[table]} like ${containingFolded(organizationId, term)}`));

  /** Along the index where it helps and is quick enough, else what the newest show. */
  async function found<Row>(
    isIndexed: boolean,
    along: (tx: Tx) => RawBuilder<Row>,
    ofNewest: () => RawBuilder<Row>,
  ): Promise<Row[]> {
    const rows = isIndexed
      ? await alongTrigrams(db, async (tx) => (await along(tx).execute(tx)).rows, msMax)
      : undefined;
    return rows ?? (await ofNewest().execute(db)).rows;
  }

  return {
    conversations(tenancy: Tenancy, terms: readonly string[], isIndexed: boolean, limit: number) {
      const isShown = sql`${isRowOf(tenancy, 'c')} and not c.unreached`;
      const first = sql`order by c.last_message_at desc nulls last, c.id desc limit ${limit}`;
      const columns = sql`c.id, c.profile_id, c.contact_id, c.chat, c.type, c.name, c.unread_count, c.last_message_at`;
      return found<ConversationFound>(
        isIndexed,
        () => sql`
          with hit as materialized (
            select * from conversations where ${named('conversations', tenancy, terms)} limit ${hitsMax}
          )
          select ${columns} from hit c where ${isShown} ${first}`,
        () => sql`
          select ${columns} from profiles p, lateral (
            select * from conversations where profile_id = p.id
            order by last_message_at desc nulls last, id desc limit ${newestConversations}
          ) c
          where ${isProfileOf(tenancy, 'p')} and not c.unreached
            and exists (select from (select c.name, c.chat, c.organization_id) as conversations
              where ${named('conversations', tenancy, terms)})
          ${first}`,
      );
    },

    contacts(tenancy: Tenancy, terms: readonly string[], isIndexed: boolean, limit: number) {
      const columns = sql`k.id, k.profile_id, k.phone, k.lid, k.name, k.whatsapp_name, k.tags`;
      // Who has a name goes before a bare number.
      const first = sql`where ${isRowOf(tenancy, 'k')}
        order by k.name is null, k.last_message_at desc nulls last, k.id desc limit ${limit}`;
      return found<ContactFound>(
        isIndexed,
        () => sql`
          with hit as materialized (
            select * from contacts where ${named('contacts', tenancy, terms)} limit ${hitsMax}
          )
          select ${columns} from hit k ${first}`,
        () => sql`
          with newest as materialized (
            select * from contacts where organization_id = ${tenancy.organizationId}
            order by id desc limit ${newestContacts}
          ), hit as (select * from newest where ${named('contacts', tenancy, terms)})
          select ${columns} from hit k ${first}`,
      );
    },

    /** All of an organisation are looked through: there are some hundreds at most. */
    async profiles(tenancy: Tenancy, terms: readonly string[], limit: number): Promise<ProfileFound[]> {
      const words = sql`lower(p.display_name || ' ' || coalesce(p.push_name, '') || ' ' || coalesce(p.phone_number, ''))`;
      const { rows } = await sql<ProfileFound>`
        select p.id, p.workspace_id, p.display_name, p.phone_number, p.status from profiles p
        where ${isProfileOf(tenancy, 'p')} and ${all(terms.map((term) => sql`strpos(${words}, lower(${term})) > 0`))}
        order by p.display_name, p.id limit ${limit}`.execute(db);
      return rows;
    },

    /** The newest of an organisation are looked through, but for batches, which nobody has named. */
    async broadcasts(tenancy: Tenancy, terms: readonly string[], limit: number): Promise<BroadcastFound[]> {
      const isHit = all(terms.map((term) => sql`strpos(lower(b.name), lower(${term})) > 0`));
      const { rows } = await sql<BroadcastFound>`
        with newest as materialized (
          select id, profile_id, organization_id, name, status, created_at from broadcasts
          where organization_id = ${tenancy.organizationId} and batch_id is null
          order by created_at desc, id desc limit ${newestBroadcasts}
        )
        select b.id, b.profile_id, b.name, b.status, b.created_at from newest b
        where ${isRowOf(tenancy, 'b')} and ${isHit} order by b.created_at desc, b.id desc limit ${limit}`.execute(
        db,
      );
      return rows;
    },
  };
}

export type PeopleStore = ReturnType<typeof createPeopleStore>;
