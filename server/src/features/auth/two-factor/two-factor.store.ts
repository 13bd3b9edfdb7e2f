import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** Second factors of people: the only SQL about them. */
export function createTwoFactorStore(db: Db) {
  return {
    /** False once the second factor is on. */
    async keepSecret(userId: string, secret: Buffer, now: Date): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('users')
        .set({ two_factor_secret: secret, two_factor_last_step: null, updated_at: now })
        .where('id', '=', userId)
        .where('two_factor_enabled', '=', false)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    /** False when it is on already or the secret is another one by now. */
    async enable(tx: Tx, userId: string, secret: Buffer, step: number, now: Date): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('users')
        .set({ two_factor_enabled: true, two_factor_last_step: step, updated_at: now })
        .where('id', '=', userId)
        .where('two_factor_enabled', '=', false)
        .where('two_factor_secret', '=', secret)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    /** False when it was off. */
    async disable(tx: Tx, userId: string, now: Date): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('users')
        .set({
          two_factor_enabled: false,
          two_factor_secret: null,
          two_factor_last_step: null,
          updated_at: now,
        })
        .where('id', '=', userId)
        .where('two_factor_enabled', '=', true)
        .executeTakeFirst();
      await tx.deleteFrom('two_factor_backup_codes').where('user_id', '=', userId).execute();
      return numUpdatedRows > 0n;
    },
    /** Uses up a time step: of two requests with the same code one succeeds, and earlier steps are then used up too. */
    async claimStep(tx: Tx, userId: string, secret: Buffer, step: number): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('users')
        .set({ two_factor_last_step: step })
        .where('id', '=', userId)
        .where('two_factor_enabled', '=', true)
        .where('two_factor_secret', '=', secret)
        .where((where) =>
          where.or([where('two_factor_last_step', 'is', null), where('two_factor_last_step', '<', step)]),
        )
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    /** Makes these the only codes. Other changes of them wait; false when the second factor is off. */
    async replaceCodes(tx: Tx, userId: string, hashes: readonly Buffer[], now: Date): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('users')
        .set({ updated_at: now })
        .where('id', '=', userId)
        .where('two_factor_enabled', '=', true)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await tx.deleteFrom('two_factor_backup_codes').where('user_id', '=', userId).execute();
      await tx
        .insertInto('two_factor_backup_codes')
        .values(hashes.map((code_hash) => ({ user_id: userId, code_hash, used_at: null })))
        .execute();
      return true;
    },
    /** Uses up a code: of two requests with it one succeeds. */
    async claimCode(tx: Tx, userId: string, hash: Buffer, now: Date): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('two_factor_backup_codes')
        .set({ used_at: now })
        .where('user_id', '=', userId)
        .where('code_hash', '=', hash)
        .where('used_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async codesLeft(userId: string): Promise<number> {
      const { left } = await db
        .selectFrom('two_factor_backup_codes')
        .select((select) => select.fn.countAll<number>().as('left'))
        .where('user_id', '=', userId)
        .where('used_at', 'is', null)
        .executeTakeFirstOrThrow();
      return left;
    },
  };
}
export type TwoFactorStore = ReturnType<typeof createTwoFactorStore>;
