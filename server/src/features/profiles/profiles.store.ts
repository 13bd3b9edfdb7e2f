import { type RawBuilder, type Selectable, sql, type Updateable } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isEverywhere, workspaceInReach } from '../../platform/reach.ts';
import { isProfileOf, type Tenancy } from '../../platform/tenancy.ts';
import type { ProfilesTable } from './profiles.tables.ts';

export type ProfileRow = Selectable<ProfilesTable>;

/** The SQL that changes profiles and finds one of them. Every read for a client takes the tenancy. */
export function createProfileStore(db: Db) {
  return {
    /** The bare row of a profile. */
    async find(tenancy: Tenancy, id: string, tx: Db | Tx = db): Promise<ProfileRow | undefined> {
      return tx
        .selectFrom('profiles')
        .selectAll()
        .where(isProfileOf(tenancy))
        .where('id', '=', id)
        .executeTakeFirst();
    },

    /** Some profiles of a workspace. */
    async someOf(tenancy: Tenancy, workspaceId: string, limit: number): Promise<string[]> {
      const rows = await db
        .selectFrom('profiles')
        .select('id')
        .where(isProfileOf(tenancy))
        .where('workspace_id', '=', workspaceId)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },

    /** For the node that owns the profile, which acts for no tenant. */
    async own(id: string, tx: Db | Tx = db): Promise<ProfileRow | undefined> {
      return tx.selectFrom('profiles').selectAll().where('id', '=', id).executeTakeFirst();
    },

    /** As {@link own}, locked against changes until the transaction ends. */
    async lock(id: string, tx: Tx): Promise<ProfileRow | undefined> {
      return tx.selectFrom('profiles').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
    },

    /** The row, locked until the transaction ends against changes and against new rows that refer to it. */
    async seize(tx: Tx, tenancy: Tenancy, id: string): Promise<ProfileRow | undefined> {
      return tx
        .selectFrom('profiles')
        .selectAll()
        .where(isProfileOf(tenancy))
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst();
    },

    /** How many profiles of all organisations are in each status that occurs. */
    async countByStatus(): Promise<{ labels: { status: string }; value: number }[]> {
      const rows = await db
        .selectFrom('profiles')
        .select(({ fn }) => ['status', fn.countAll<number>().as('value')])
        .groupBy('status')
        .execute();
      return rows.map(({ status, value }) => ({ labels: { status }, value }));
    },

    /** Whether a node holds the lease now. */
    async isOwned(id: string): Promise<boolean> {
      const { rows } =
        await sql`select 1 from profile_leases where profile_id = ${id} and expires_at > now()`.execute(db);
      return rows.length > 0;
    },

    async insert(
      tx: Tx,
      row: Pick<
        ProfileRow,
        | 'id'
        | 'organization_id'
        | 'workspace_id'
        | 'account_id'
        | 'display_name'
        | 'phone_number'
        | 'engine'
        | 'default_country'
        | 'drop_statuses'
        | 'message_delay_ms'
        | 'message_delay_jitter_ms'
        | 'daily_message_limit'
        | 'labels'
        | 'created_at'
        | 'updated_at'
      > & { settings: Record<string, unknown> },
    ): Promise<void> {
      await tx
        .insertInto('profiles')
        .values({ ...row, settings: JSON.stringify(row.settings) })
        .execute();
    },

    async update(
      tx: Db | Tx,
      id: string,
      values: Updateable<ProfilesTable>,
    ): Promise<ProfileRow | undefined> {
      return tx.updateTable('profiles').set(values).where('id', '=', id).returningAll().executeTakeFirst();
    },

    async remove(tx: Tx, tenancy: Tenancy, id: string): Promise<void> {
      await tx.deleteFrom('profiles').where(isProfileOf(tenancy)).where('id', '=', id).execute();
    },

    /** The workspace that is named, or the oldest one. */
    async workspaceOf(tenancy: Tenancy, workspaceId?: string): Promise<{ id: string } | undefined> {
      let query = db
        .selectFrom('workspaces')
        .select('id')
        .where('organization_id', '=', tenancy.organizationId)
        .where(holds(tenancy, 'workspaces', 'workspace_id'));
      if (workspaceId !== undefined) query = query.where('id', '=', workspaceId);
      return query.orderBy('created_at').orderBy('id').limit(1).executeTakeFirst();
    },

    async accountOf(
      tenancy: Tenancy,
      accountId: string,
    ): Promise<{ id: string; workspace_id: string } | undefined> {
      return db
        .selectFrom('accounts')
        .select(['id', 'workspace_id'])
        .where('organization_id', '=', tenancy.organizationId)
        .where('id', '=', accountId)
        .where('status', '=', 'ACTIVE')
        .where(holds(tenancy, 'accounts', 'account_id'))
        .executeTakeFirst();
    },

    /** The country that completes local numbers where a profile names none; null when the server's does. */
    async countryOfOrganization(organizationId: string): Promise<string | null> {
      const row = await db
        .selectFrom('organizations')
        .select('default_country')
        .where('id', '=', organizationId)
        .executeTakeFirst();
      return row?.default_country ?? null;
    },
  };
}

/** SQL that is true for workspaces and accounts that are within reach or have a profile that is. */
function holds(
  tenancy: Tenancy,
  table: 'workspaces' | 'accounts',
  link: 'workspace_id' | 'account_id',
): RawBuilder<boolean> {
  const { reach } = tenancy;
  if (isEverywhere(reach)) return sql`true`;
  const inside = sql<boolean>`exists (select 1 from profiles as inside
    where ${sql.ref(`inside.${link}`)} = ${sql.ref(`${table}.id`)} and ${isProfileOf(tenancy, 'inside')})`;
  if (reach?.only) return inside;
  const workspace = table === 'workspaces' ? 'workspaces.id' : 'accounts.workspace_id';
  return sql`(${inside} or ${workspaceInReach(reach, workspace)})`;
}

export type ProfileStore = ReturnType<typeof createProfileStore>;
