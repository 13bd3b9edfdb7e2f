import { type Selectable, sql } from 'kysely';
import type { UsersTable } from '../../platform/db/tables.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { seedRoles } from '../access/index.ts';

export interface NewOwner {
  email: string;
  passwordHash: string;
  name: string;
  organizationName: string;
}

export type UserRow = Selectable<UsersTable>;

const registrationLock = 7_410_002;

export function createUserStore(db: Db) {
  return {
    userByEmail(email: string) {
      return db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
    },
    userById(userId: string) {
      return db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    },
    organization(organizationId: string) {
      return db
        .selectFrom('organizations')
        .selectAll()
        .where('id', '=', organizationId)
        .executeTakeFirstOrThrow();
    },
    /** Makes others who ask wait for this transaction, so that two can't both be the first. */
    async isFirst(tx: Tx): Promise<boolean> {
      await sql`select pg_advisory_xact_lock(${registrationLock})`.execute(tx);
      return !(await tx.selectFrom('organizations').select('id').limit(1).executeTakeFirst());
    },
    async insertOwner(tx: Tx, given: NewOwner, now: Date) {
      const organizationId = newId();
      const workspaceId = newId();
      const dates = { created_at: now, updated_at: now };
      await tx
        .insertInto('organizations')
        .values({
          id: organizationId,
          name: given.organizationName,
          slug: slugOf(given.organizationName),
          ...dates,
        })
        .execute();
      await seedRoles(tx, organizationId, now);
      await tx
        .insertInto('workspaces')
        .values({
          id: workspaceId,
          organization_id: organizationId,
          name: 'Default',
          slug: 'default',
          ...dates,
        })
        .execute();
      await tx
        .insertInto('accounts')
        .values({
          id: newId(),
          organization_id: organizationId,
          workspace_id: workspaceId,
          name: 'Default Account',
          ...dates,
        })
        .execute();
      return tx
        .insertInto('users')
        .values({
          id: newId(),
          organization_id: organizationId,
          email: given.email,
          password_hash: given.passwordHash,
          name: given.name,
          role: 'owner',
          last_login_at: now,
          ...dates,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    },
    async noteLogin(tx: Tx, userId: string, now: Date): Promise<void> {
      await tx.updateTable('users').set({ last_login_at: now }).where('id', '=', userId).execute();
    },
  };
}
export type UserStore = ReturnType<typeof createUserStore>;

/** Readable, and unique by its end. */
function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${words || 'organization'}-${newId().slice(-8)}`;
}
