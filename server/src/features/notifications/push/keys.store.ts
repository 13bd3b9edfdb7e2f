import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db } from '../../../platform/db/transaction.ts';

export interface PushKeys {
  publicKey: string;
  privateKey: string;
}
const context = 'push-keys/1';

/**
 * The key pair that push services know this server by (VAPID), made at the first start and the same from then on:
 * with another, every subscription would be lost. The private one is sealed.
 */
export function createPushKeys({ db, clock, vault }: { db: Db; clock: Clock; vault: Vault }) {
  let known: Promise<PushKeys> | undefined;

  const stored = () => db.selectFrom('push_keys').selectAll().where('id', '=', 1).executeTakeFirst();

  async function read(): Promise<PushKeys> {
    if (!(await stored())) {
      const { generateVAPIDKeys } = (await import('web-push')).default;
      const made = generateVAPIDKeys();
      await db
        .insertInto('push_keys')
        .values({
          id: 1,
          public_key: made.publicKey,
          private_key: vault.sealText(made.privateKey, context),
          created_at: clock.now(),
        })
        // Another node was first.
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    const row = await stored();
    if (!row) throw new Error('The push keys were stored and are not there.');
    return { publicKey: row.public_key, privateKey: vault.openText(row.private_key, context) };
  }

  return (): Promise<PushKeys> => {
    known ??= read().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}
