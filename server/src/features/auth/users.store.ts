import { type Selectable, sql } from 'kysely';
import type { Origin } from '../../platform/actor.ts';
import type { AuditedBy } from '../../platform/audit/record.ts';
import type { Tables } from '../../platform/db/tables.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { seedRoles } from '../access/index.ts';

export interface NewOwner {
  email: string;
  passwordHash: string;
  name: string;
  organizationName: string;
}

export type UserRow = Selectable<Tables['users']>;

const registrationLock = 7_410_002;

export function createUserStore(db: Db) {
  /** People of an organisation that is being erased are not there any more. */
  const live = () =>
    db
      .selectFrom('users')
      .innerJoin('organizations', 'organizations.id', 'users.organization_id')
      .selectAll('users')
      .where('organizations.erasing_at', 'is', null);
  return {
    userByEmail(email: string) {
      return live().where('users.email', '=', email).executeTakeFirst();
    },
    userById(userId: string) {
      return live().where('users.id', '=', userId).executeTakeFirst();
    },
    /**
     * Locks the user. False when the password, the second factor or the right to sign in changed since the row
     * was read: what was checked against it then proves nothing.
     */
    async lockUnchanged(tx: Tx, user: UserRow): Promise<boolean> {
      const row = await tx
        .selectFrom('users')
        .select('id')
        .where('id', '=', user.id)
        .where('password_hash', '=', user.password_hash)
        .where('two_factor_enabled', '=', user.two_factor_enabled)
        .where('is_active', '=', true)
        .forNoKeyUpdate()
        .executeTakeFirst();
      return row !== undefined;
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
    /** False when the password is another one by now. Sessions ended after this in `tx` include those begun with the old one. */
    async changePassword(tx: Tx, user: UserRow, passwordHash: string, now: Date): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('users')
        .set({ password_hash: passwordHash, updated_at: now })
        .where('id', '=', user.id)
        .where('password_hash', '=', user.password_hash)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    /** False when the user has another address by now. */
    async verifyEmail(tx: Tx, userId: string, email: string, now: Date): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('users')
        .set({ email_verified_at: sql`coalesce(email_verified_at, ${now})`, updated_at: now })
        .where('id', '=', userId)
        .where('email', '=', email)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async replacePreferences(tx: Tx, userId: string, preferences: object, now: Date): Promise<void> {
      await tx
        .updateTable('users')
        .set({ preferences: JSON.stringify(preferences), updated_at: now })
        .where('id', '=', userId)
        .execute();
    },
    async noteLogin(tx: Tx, userId: string, now: Date): Promise<void> {
      await tx.updateTable('users').set({ last_login_at: now }).where('id', '=', userId).execute();
    },
  };
}
export type UserStore = ReturnType<typeof createUserStore>;

/** How the audit log names a person who is not signed in yet. */
export function actAs(user: UserRow, origin: Origin): AuditedBy {
  return { organizationId: user.organization_id, userId: user.id, origin };
}

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
