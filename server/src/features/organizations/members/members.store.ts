import { type Insertable, type Selectable, sql } from 'kysely';
import type { Tables } from '../../../platform/db/tables.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { behind, type Slice } from '../../../platform/slice.ts';
import { grantsOf } from '../../access/index.ts';
import type { Given } from '../rights.ts';

/** A member or an open invitation, as the list shows it. */
export interface Entry {
  id: string;
  name: string;
  email: string;
  role: string;
  role_id: string | null;
  role_name: string | null;
  status: 'active' | 'disabled' | 'invited';
  last_login_at: Date | null;
  created_at: Date;
  expires_at: Date | null;
}

/** A member with what they may do. */
export interface Person extends Given {
  id: string;
  is_active: boolean;
  name: string;
}

export function createMemberStore(db: Db) {
  const entries = (organizationId: string, now: Date) => sql`
    select u.id, u.name, u.email, coalesce(own.system_key, u.role) as role,
      coalesce(own.id, base.id) as role_id, coalesce(own.name, base.name) as role_name,
      case when u.is_active then 'active' else 'disabled' end as status,
      u.last_login_at, u.created_at, null::timestamptz as expires_at
    from users u
    left join role_grants g on g.user_id = u.id and g.workspace_id is null and g.profile_id is null
      and u.role <> 'owner'
    left join roles own on own.id = g.role_id
    left join roles base on base.organization_id = u.organization_id and base.system_key = u.role
    where u.organization_id = ${organizationId}
    union all
    select i.id, i.name, i.email, coalesce(r.system_key, 'member'), r.id, r.name, 'invited',
      null, i.created_at, i.expires_at
    from invitations i join roles r on r.id = i.role_id
    where i.organization_id = ${organizationId} and i.expires_at > ${now} and i.invited_by is not null`;

  async function organizationOf(tx: Tx, email: string): Promise<string | undefined> {
    const users = tx.selectFrom('users').select('organization_id').where('email', '=', email);
    return (await users.executeTakeFirst())?.organization_id;
  }

  return {
    /** Oldest first. */
    async list(organizationId: string, now: Date, page: Slice): Promise<Entry[]> {
      const { rows } = await sql<Entry>`select * from (${entries(organizationId, now)}) as entries
        where ${behind(page, { at: 'created_at', id: 'id' }, 'up')}
        order by created_at, id limit ${page.limit} offset ${page.offset}`.execute(db);
      return rows;
    },

    async get(tx: Tx, organizationId: string, id: string, now: Date): Promise<Entry | undefined> {
      const { rows } = await sql<Entry>`select * from (${entries(organizationId, now)}) as entries
        where id = ${id}`.execute(tx);
      return rows[0];
    },

    /** A member whom nobody else changes until the transaction ends. */
    async lock(tx: Tx, organizationId: string, id: string): Promise<Person | undefined> {
      return tx
        .selectFrom('users')
        .select(['id', 'role', 'is_active', 'name'])
        .select(grantsOf('users.id').as('grants'))
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst();
    },

    async hasEmail(tx: Tx, organizationId: string, email: string): Promise<boolean> {
      return (await organizationOf(tx, email)) === organizationId;
    },

    /** Whether the address belongs to anybody, of any organisation. */
    async isTaken(tx: Tx, email: string): Promise<boolean> {
      return (await organizationOf(tx, email)) !== undefined;
    },

    async update(
      tx: Tx,
      organizationId: string,
      id: string,
      change: { is_active?: boolean; name?: string; role?: string; updated_at: Date },
    ): Promise<void> {
      await tx
        .updateTable('users')
        .set(change)
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .execute();
    },

    async insert(tx: Tx, row: Insertable<Tables['users']>): Promise<Selectable<Tables['users']>> {
      return tx.insertInto('users').values(row).returningAll().executeTakeFirstOrThrow();
    },

    /** Their sessions, keys, roles and letters go with them. */
    async remove(tx: Tx, organizationId: string, id: string): Promise<void> {
      await tx
        .deleteFrom('users')
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .execute();
    },
  };
}
export type MemberStore = ReturnType<typeof createMemberStore>;
