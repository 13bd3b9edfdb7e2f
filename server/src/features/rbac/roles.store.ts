import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { RolesTable } from './rbac.tables.ts';

export type RoleRow = Selectable<RolesTable>;

/** A role as somebody holds it; who has no grant holds their base role, by the id of their own row. */
export interface HolderRow {
  id: string;
  user_id: string;
  workspace_id: string | null;
  profile_id: string | null;
  created_at: Date;
  name: string;
  email: string;
  role: string;
  is_active: boolean;
}

/** True for a user whose base role counts: the owner's always, another's unless a grant without a place does. */
const baseCounts = sql<boolean>`(u.role = 'owner' or not exists (select 1 from role_grants instead
  where instead.user_id = u.id and instead.workspace_id is null and instead.profile_id is null))`;

export function createRoleStore(db: Db) {
  const own = (from: Db | Tx, organizationId: string) =>
    from.selectFrom('roles').selectAll().where('organization_id', '=', organizationId);

  return {
    /** System roles first, then by name; each with how many people hold it somewhere. */
    async list(organizationId: string, page: { limit: number; offset: number }) {
      const { rows } = await sql<RoleRow & { users: number }>`
        select r.*, (select count(*) from users u where u.organization_id = r.organization_id and (
            (u.role = r.system_key and ${baseCounts})
            or exists (select 1 from role_grants g where g.user_id = u.id and g.role_id = r.id))) as users
        from roles r where r.organization_id = ${organizationId}
        order by r.system_key is null, lower(r.name), r.id
        limit ${page.limit} offset ${page.offset}`.execute(db);
      return rows;
    },
    get(organizationId: string, id: string): Promise<RoleRow | undefined> {
      return own(db, organizationId).where('id', '=', id).executeTakeFirst();
    },
    /** The role, kept from being changed or deleted until the transaction ends. */
    held(tx: Tx, organizationId: string, id: string): Promise<RoleRow | undefined> {
      return own(tx, organizationId).where('id', '=', id).forShare().executeTakeFirst();
    },
    /** The role, to be changed: nobody else gives it to anyone meanwhile. */
    locked(tx: Tx, organizationId: string, id: string): Promise<RoleRow | undefined> {
      return own(tx, organizationId).where('id', '=', id).forUpdate().executeTakeFirst();
    },
    byIds(organizationId: string, ids: readonly string[]): Promise<RoleRow[]> {
      return own(db, organizationId).where(sql<boolean>`id = any(${ids}::uuid[])`).execute();
    },
    bySystemKey(organizationId: string, key: string): Promise<RoleRow | undefined> {
      return own(db, organizationId).where('system_key', '=', key).executeTakeFirst();
    },
    async systemKeys(tx: Tx, organizationId: string): Promise<string[]> {
      const rows = await own(tx, organizationId).where('system_key', 'is not', null).execute();
      return rows.flatMap(({ system_key }) => system_key ?? []);
    },
    /** Who holds the role and where, in the order they came to it. */
    async holders(role: RoleRow, page: { limit: number; offset: number }): Promise<HolderRow[]> {
      const { rows } = await sql<HolderRow>`
        select held.*, u.name, u.email, u.role, u.is_active
        from (
          select g.id, g.user_id, g.workspace_id, g.profile_id, g.created_at from role_grants g
          where g.organization_id = ${role.organization_id} and g.role_id = ${role.id}
          union all
          select u.id, u.id, null, null, u.created_at from users u
          where u.organization_id = ${role.organization_id} and u.role = ${role.system_key} and ${baseCounts}
        ) held
        join users u on u.id = held.user_id
        order by held.created_at, held.id limit ${page.limit} offset ${page.offset}`.execute(db);
      return rows;
    },
    async holderCount(role: RoleRow): Promise<number> {
      const { rows } = await sql<{ users: number }>`select count(*) as users from users u
        where u.organization_id = ${role.organization_id} and ((u.role = ${role.system_key} and ${baseCounts})
          or exists (select 1 from role_grants g where g.user_id = u.id and g.role_id = ${role.id}))`.execute(
        db,
      );
      return rows[0]?.users ?? 0;
    },
    /** Whether somebody holds the role or is invited to it. */
    async isUsed(tx: Tx, organizationId: string, id: string, now: Date): Promise<boolean> {
      const { rows } = await sql<{ used: boolean }>`select
        exists (select 1 from role_grants where organization_id = ${organizationId} and role_id = ${id})
        or exists (select 1 from invitations
          where organization_id = ${organizationId} and role_id = ${id} and expires_at > ${now}) as used`.execute(
        tx,
      );
      return rows[0]?.used ?? false;
    },
    insert(tx: Tx, row: Insertable<RolesTable>): Promise<RoleRow> {
      return tx.insertInto('roles').values(row).returningAll().executeTakeFirstOrThrow();
    },
    update(tx: Tx, organizationId: string, id: string, change: Updateable<RolesTable>): Promise<RoleRow> {
      return tx
        .updateTable('roles')
        .set(change)
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },
    async remove(tx: Tx, organizationId: string, id: string): Promise<void> {
      await tx
        .deleteFrom('roles')
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .execute();
    },
  };
}
export type RoleStore = ReturnType<typeof createRoleStore>;
