import type { Clock } from './clock.ts';
import type { Vault } from './crypto.ts';
import type { Db } from './db/transaction.ts';
import type { Keeps } from './keeps/keeps.ts';

export const installationKeeps: Keeps = { withheld: { installation: 'about the server' } };

/** This node's encryption key is not the one that the database was written with. */
export class WrongKey extends Error {
  constructor() {
    super(
      'The encryption key of this node is not the one this database was written with. Set ENCRYPTION_KEY to the ' +
        'key of the first node, or copy its DATA_DIR/encryption-key here.',
    );
    this.name = 'WrongKey';
  }
}

/**
 * Stores the fingerprint of the encryption key at the first start, and compares every later start and every
 * other node with it.
 * @throws WrongKey
 */
export async function claimInstallation(db: Db, clock: Clock, vault: Vault): Promise<void> {
  await db
    .insertInto('installation')
    .values({ key_fingerprint: vault.fingerprint, created_at: clock.now() })
    .onConflict((oc) => oc.doNothing())
    .execute();
  const row = await db.selectFrom('installation').select('key_fingerprint').executeTakeFirstOrThrow();
  if (row.key_fingerprint !== vault.fingerprint) throw new WrongKey();
}
