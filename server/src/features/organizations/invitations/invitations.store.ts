import { type Insertable, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { Permission } from '../../../platform/permissions.ts';
import { grantsOf, permissionsOfRow } from '../../access/index.ts';
import type { InvitationsTable } from '../organizations.tables.ts';
import type { Given } from '../rights.ts';

/** What a token opens, with whoever answers for it. */
export interface Opened {
  id: string;
  organization_id: string;
  organization_name: string;
  email: string;
  name: string;
  delivery: string;
  expires_at: Date;
  role_id: string;
  role_name: string;
  system_key: string | null;
  permissions: string[];
  invited_by: string;
  inviter: Given & { is_active: boolean };
}

/** Open are invitations that have not expired and whose inviter is still a member. */
export function createInvitationStore(db: Db) {
  return {
    /** One of the organisation's, with what its role allows; nobody else changes it until the transaction ends. */
    async lockOpen(
      tx: Tx,
      organizationId: string,
      which: { id: string } | { email: string },
      now: Date,
    ): Promise<{ id: string; permissions: ReadonlySet<Permission> } | undefined> {
      const [column, value] = 'id' in which ? (['id', which.id] as const) : (['email', which.email] as const);
      const row = await tx
        .selectFrom('invitations as invitation')
        .innerJoin('roles as role', 'role.id', 'invitation.role_id')
        .select(['invitation.id', 'role.system_key', 'role.permissions'])
        .where('invitation.organization_id', '=', organizationId)
        .where(`invitation.${column}`, '=', value)
        .where('invitation.expires_at', '>', now)
        .where('invitation.invited_by', 'is not', null)
        .forUpdate('invitation')
        .executeTakeFirst();
      return row && { id: row.id, permissions: permissionsOfRow(row) };
    },

    /** In the place of an earlier one for the same address, whose token dies. */
    async put(tx: Tx, row: Insertable<InvitationsTable>): Promise<string> {
      const { organization_id: _, email: __, id: ___, ...renewed } = row;
      const { id } = await tx
        .insertInto('invitations')
        .values(row)
        .onConflict((conflict) => conflict.columns(['organization_id', 'email']).doUpdateSet(renewed))
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },

    async setRole(tx: Tx, organizationId: string, id: string, roleId: string): Promise<void> {
      await tx
        .updateTable('invitations')
        .set({ role_id: roleId })
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .execute();
    },

    async remove(tx: Tx, organizationId: string, id: string): Promise<void> {
      await tx
        .deleteFrom('invitations')
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .execute();
    },

    /** By the hash of its token; within a transaction nobody else uses it until that ends. */
    async opened(from: Db | Tx, tokenHash: Buffer, now: Date): Promise<Opened | undefined> {
      const { rows } = await sql<Opened>`
        select i.id, i.organization_id, o.name as organization_name, i.email, i.name, i.delivery, i.expires_at,
          r.id as role_id, r.name as role_name, r.system_key, r.permissions, i.invited_by,
          jsonb_build_object('role', u.role, 'is_active', u.is_active, 'grants', ${grantsOf('u.id')}) as inviter
        from invitations i
        join organizations o on o.id = i.organization_id
        join roles r on r.id = i.role_id
        join users u on u.id = i.invited_by
        where i.token_hash = ${tokenHash} and i.expires_at > ${now} and o.erasing_at is null
        ${from.isTransaction ? sql`for update of i` : sql``}`.execute(from);
      return rows[0];
    },

    /** Forgets those that can't be accepted any more. */
    async purge(now: Date): Promise<void> {
      await db
        .deleteFrom('invitations')
        .where((row) => row.or([row('expires_at', '<=', now), row('invited_by', 'is', null)]))
        .execute();
    },
  };
}
export type InvitationStore = ReturnType<typeof createInvitationStore>;
