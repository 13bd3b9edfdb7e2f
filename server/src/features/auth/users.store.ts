import { type Selectable, sql } from 'kysely';
import type { Origin } from '../../platform/actor.ts';
import type { AuditedBy } from '../../platform/audit/record.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { UsersTable } from './auth.tables.ts';

export type UserRow = Selectable<UsersTable>;

const registrationLock = 7_410_002;

export function createUserStore(db: Db) {
  /** Without the people of organisations that are being erased. */
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
     * was read: a check against that row then proves nothing.
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
    /** Whether there is no organisation yet. Other transactions that ask wait for this one, so that two can't both be first. */
    async isFirst(tx: Tx): Promise<boolean> {
      await sql`select pg_advisory_xact_lock(${registrationLock})`.execute(tx);
      return !(await tx.selectFrom('organizations').select('id').limit(1).executeTakeFirst());
    },
    async hasOrganization(): Promise<boolean> {
      return (await db.selectFrom('organizations').select('id').limit(1).executeTakeFirst()) !== undefined;
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
