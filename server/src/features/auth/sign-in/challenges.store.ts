import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** Open challenges of a user; when one more begins, the oldest ends. */
const openMax = 10;

/** A login whose password was right and whose second factor is still due. */
export interface Challenge {
  tokenHash: Buffer;
  userId: string;
  ipAddress: string;
}

/** Logins between their two steps: the only SQL about them. */
export function createChallengeStore(db: Db) {
  return {
    async insert(tx: Tx, { tokenHash, userId, ipAddress }: Challenge, now: Date, expiresAt: Date) {
      const newest = tx
        .selectFrom('login_challenges')
        .select('token_hash')
        .where('user_id', '=', userId)
        .where('expires_at', '>', now)
        .orderBy('created_at', 'desc')
        .limit(openMax - 1);
      await tx
        .deleteFrom('login_challenges')
        .where('user_id', '=', userId)
        .where('token_hash', 'not in', newest)
        .execute();
      await tx
        .insertInto('login_challenges')
        .values({
          token_hash: tokenHash,
          user_id: userId,
          ip_address: ipAddress,
          created_at: now,
          expires_at: expiresAt,
        })
        .execute();
    },
    /** Counts one attempt at the challenge with this token; undefined when it is not the user's, over, or used up. */
    async attempt(userId: string, tokenHash: Buffer, now: Date, attemptsMax: number) {
      const row = await db
        .updateTable('login_challenges')
        .set((set) => ({ attempts: set('attempts', '+', 1) }))
        .where('token_hash', '=', tokenHash)
        .where('user_id', '=', userId)
        .where('expires_at', '>', now)
        .where('attempts', '<', attemptsMax)
        .returning('token_hash')
        .executeTakeFirst();
      return row?.token_hash;
    },
    /** The newest challenge of the user that began at this address. */
    async newest(userId: string, ipAddress: string, now: Date, attemptsMax: number) {
      const row = await db
        .selectFrom('login_challenges')
        .select('token_hash')
        .where('user_id', '=', userId)
        .where('ip_address', '=', ipAddress)
        .where('expires_at', '>', now)
        .where('attempts', '<', attemptsMax)
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.token_hash;
    },
    /** False when another request has used it up. */
    async consume(tx: Tx, tokenHash: Buffer): Promise<boolean> {
      const { numDeletedRows } = await tx
        .deleteFrom('login_challenges')
        .where('token_hash', '=', tokenHash)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async endOf(tx: Tx, userId: string): Promise<void> {
      await tx.deleteFrom('login_challenges').where('user_id', '=', userId).execute();
    },
    async purge(now: Date): Promise<void> {
      await db.deleteFrom('login_challenges').where('expires_at', '<=', now).execute();
    },
  };
}
export type ChallengeStore = ReturnType<typeof createChallengeStore>;
