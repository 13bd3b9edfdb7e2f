import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** What a link in a letter is for. */
export type LetterPurpose = 'password-reset' | 'email-verification';

export interface LetterToken {
  tokenHash: Buffer;
  userId: string;
  purpose: LetterPurpose;
  email: string;
}

/** A used token stays for a day, so that a letter that is written twice can't make its link good again. */
const usedTokenMs = dayMs;

/** Tokens of links in letters: the only SQL about them. A used or ended token has `expires_at` in the past. */
export function createLetterTokenStore({ db, clock }: { db: Db; clock: Clock }) {
  return {
    /** False when this token was stored before. */
    async insert(tx: Tx, token: LetterToken, goodForMs: number): Promise<boolean> {
      const now = clock.now();
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('letter_tokens')
        .values({
          token_hash: token.tokenHash,
          user_id: token.userId,
          purpose: token.purpose,
          email: token.email,
          created_at: now,
          expires_at: later(now, goodForMs),
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    find(tokenHash: Buffer, purpose: LetterPurpose) {
      return db
        .selectFrom('letter_tokens')
        .select(['user_id', 'email'])
        .where('token_hash', '=', tokenHash)
        .where('purpose', '=', purpose)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
    },
    /** Of two requests with the same token only one gets true. */
    async use(tx: Tx, tokenHash: Buffer): Promise<boolean> {
      const now = clock.now();
      const { numUpdatedRows } = await tx
        .updateTable('letter_tokens')
        .set({ expires_at: now })
        .where('token_hash', '=', tokenHash)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async endOf(tx: Tx, userId: string, purpose: LetterPurpose, now: Date): Promise<void> {
      await tx
        .updateTable('letter_tokens')
        .set({ expires_at: now })
        .where('user_id', '=', userId)
        .where('purpose', '=', purpose)
        .where('expires_at', '>', now)
        .execute();
    },
    async purge(now: Date): Promise<void> {
      await db.deleteFrom('letter_tokens').where('expires_at', '<=', later(now, -usedTokenMs)).execute();
    },
  };
}
export type LetterTokenStore = ReturnType<typeof createLetterTokenStore>;
