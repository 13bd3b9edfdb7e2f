import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';
import { isProfileOf, isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import { isOneOf } from './one-of.sql.ts';

/** How much there is to do, counted by the indexes of what is unread, assigned and labelled. */
export function createTotalsStore(db: Db) {
  const isListed = sql`not c.unreached and c.type <> 'newsletter'`;
  const ofProfiles = (ids: readonly string[] | undefined) =>
    ids ? sql`and ${isOneOf('c.profile_id', ids)}` : sql``;

  return {
    async unread(
      tenancy: Tenancy,
      profileIds?: readonly string[],
    ): Promise<{ messages: number; conversations: number }> {
      const { rows } = await sql<{ messages: number; conversations: number }>`
        select coalesce(sum(c.unread_count), 0)::int as messages, count(*)::int as conversations
        from profiles p join conversations c on c.profile_id = p.id
        where ${isProfileOf(tenancy, 'p')} ${ofProfiles(profileIds)} and ${isListed}
          and (c.unread_count > 0 or c.is_marked_unread)`.execute(db);
      return rows[0] ?? { messages: 0, conversations: 0 };
    },

    async mine(tenancy: Tenancy, userId: string, profileIds?: readonly string[]): Promise<number> {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from profiles p join conversations c on c.profile_id = p.id
        where ${isProfileOf(tenancy, 'p')} ${ofProfiles(profileIds)} and ${isListed}
          and c.assigned_user_id = ${userId} and c.status = 'open' and not c.is_archived`.execute(db);
      return rows[0]?.count ?? 0;
    },

    async unassigned(tenancy: Tenancy, profileIds?: readonly string[]): Promise<number> {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from conversations c
        where ${isRowOf(tenancy, 'c')} ${ofProfiles(profileIds)} and ${isListed}
          and c.assigned_user_id is null and c.status = 'open' and not c.is_archived`.execute(db);
      return rows[0]?.count ?? 0;
    },

    async byLabel(
      tenancy: Tenancy,
      profileIds?: readonly string[],
    ): Promise<{ labelId: string; count: number }[]> {
      const { rows } = await sql<{ labelId: string; count: number }>`
        select cl.label_id as "labelId", count(*)::int as count
        from labels l join conversation_labels cl on cl.label_id = l.id
        join conversations c on c.id = cl.conversation_id
        where l.organization_id = ${tenancy.organizationId} and ${isRowOf(tenancy, 'c')} ${ofProfiles(profileIds)}
          and ${isListed}
        group by cl.label_id order by cl.label_id limit 1000`.execute(db);
      return rows;
    },
  };
}

export type TotalsStore = ReturnType<typeof createTotalsStore>;
