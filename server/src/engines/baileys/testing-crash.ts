import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, inject } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { filesOf } from '../../../test/engine-files.ts';
import { type HeldDatabase, heldDatabase } from '../../../test/held-database.ts';
import { insertProfile } from '../../../test/profile-rows.ts';
import { type Sandbox, sandboxAt } from '../../../test/sandbox.ts';
import { newNumber } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { phoneChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import { createVault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { createProfile, type Profile } from '../conformance-kit.ts';
import { createBaileysEngine } from './index.ts';

/** What every commit of the key store contains. */
export const commit = 'from lease';

/** For tests of what a crash leaves: profiles on one database whose statements can be held, and who they talk with. */
export function crashStage() {
  const vault = createVault(randomBytes(32));
  const network = sandboxAt(inject('sandboxUrl'));
  let store: TestDatabase | undefined;

  beforeAll(async () => {
    store = await testDatabase();
  });
  afterAll(() => store?.drop());

  const db = (): Db => {
    if (!store) throw new Error('the database is not there yet');
    return store.database.db;
  };

  const engineOn = (on: Db, from: Sandbox = network) =>
    createBaileysEngine({
      ...{ name: 'sandbox', url: from.socketUrl, db: on, vault, clock: systemClock },
      ...filesOf(from),
    });

  const keys = (profileId: string) =>
    db()
      .selectFrom('engine_keys')
      .selectAll()
      .where('profile_id', '=', profileId)
      .orderBy('type')
      .orderBy('id')
      .execute();

  const journal = (profileId: string) =>
    db().selectFrom('engine_journal').selectAll().where('profile_id', '=', profileId).execute();

  /** A profile that is not linked yet. */
  async function unlinked(from: Sandbox = network): Promise<{ profile: Profile; held: HeldDatabase }> {
    const held = heldDatabase(db());
    return { profile: createProfile(engineOn(held.db, from), db(), await insertProfile(db())), held };
  }

  return {
    ...{ network, db, keys, journal, unlinked },
    async heldProfile() {
      const { profile, held } = await unlinked();
      const ownNumber = newNumber();
      await profile.pair(network, ownNumber);
      await until('bring-up to be over', async () => (await journal(profile.id)).length === 0);
      return { profile, ownNumber, held };
    },
    /** The same profile in the process that comes after a crash: nothing of the first one's memory. */
    async reborn(profile: Profile): Promise<Profile> {
      const next = createProfile(engineOn(db()), db(), profile.id);
      for (const [id, message] of profile.sent) next.sent.set(id, message);
      await next.connect();
      return next;
    },
    async person() {
      const phone = network.phone(newNumber());
      await phone.named('Bob');
      return { phone, chat: phoneChat(phone.number) };
    },
    /** How often a device of this number asked for a message again. */
    retries: async (of: string) =>
      (await network.ledger({ number: of })).filter(
        (entry) => entry.tag === 'receipt' && entry.type === 'retry',
      ).length,
  };
}
