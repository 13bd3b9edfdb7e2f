import { randomBytes } from 'node:crypto';
import { initAuthCreds } from 'baileys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile } from '../../../test/profile-rows.ts';
import { systemClock } from '../../platform/clock.ts';
import { createVault } from '../../platform/crypto.ts';
import { EngineGone } from '../port.ts';
import { createKeyStore } from './key-store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

test('an ended session stores what was asked for, and nothing that is asked for later', async () => {
  const { db } = database.database;
  const profileId = await insertProfile(db);
  const keys = createKeyStore({
    ...{ db, vault: createVault(randomBytes(32)), clock: systemClock, profileId, generation: 1 },
    ...{ creds: initAuthCreds(), onFailed: () => undefined },
  });
  const stored = async () => {
    const rows = await db
      .selectFrom('engine_keys')
      .select('id')
      .where('profile_id', '=', profileId)
      .execute();
    return rows.map(({ id }) => id);
  };
  const write = keys.set({ session: { 'first.0': new Uint8Array([1]) } });
  await keys.close();
  await write;
  expect(await stored()).toEqual(['first.0']);
  // Baileys may still be decrypting a message when the login has been forgotten.
  await db.deleteFrom('engine_keys').where('profile_id', '=', profileId).execute();
  await expect(keys.set({ session: { 'late.0': new Uint8Array([2]) } })).rejects.toThrow(EngineGone);
  expect(await stored()).toEqual([]);
});
