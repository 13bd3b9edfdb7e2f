import { randomBytes } from 'node:crypto';
import { initAuthCreds } from 'baileys';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { heldDatabase } from '../../../test/held-database.ts';
import { insertProfile } from '../../../test/profile-rows.ts';
import { systemClock } from '../../platform/clock.ts';
import { createVault } from '../../platform/crypto.ts';
import { EngineGone } from '../port.ts';
import { type Change, createCommit, OwnershipLost } from './commit.store.ts';
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
    commit: createCommit(db),
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

test('what can be asked for again is written along with what may not get lost, or soon after', async () => {
  const { db } = database.database;
  const held = heldDatabase(db);
  const profileId = await insertProfile(db);
  const open = () =>
    createKeyStore({
      ...{ db, vault: createVault(secret), clock: systemClock, profileId, generation: 1 },
      commit: createCommit(held.db),
      ...{ creds: initAuthCreds(), onFailed: () => undefined },
    });
  const secret = randomBytes(32);
  const keys = open();
  const mapping = { '628123': '100' };
  await keys.set({ 'lid-mapping': mapping });
  await keys.setAlong({ session: { '100.0': new Uint8Array([1]) } });
  expect(await keys.get('lid-mapping', ['628123'])).toEqual(mapping);
  expect([held.count('from lease'), keys.underWay()]).toEqual([0, undefined]);
  await keys.set({ session: { '200.0': new Uint8Array([2]) } });
  expect(held.count('from lease')).toBe(1);
  const read = async (type: 'session' | 'lid-mapping' | 'tctoken', ids: string[]) =>
    Object.keys(await open().get(type, ids)).length;
  expect([await read('lid-mapping', ['628123']), await read('session', ['100.0', '200.0'])]).toEqual([1, 2]);

  await keys.set({ tctoken: { '100@lid': { token: Buffer.of(1) } } });
  await vi.waitFor(async () => expect(await read('tctoken', ['100@lid'])).toBe(1), 10_000);
  await keys.set({ tctoken: { '300@lid': { token: Buffer.of(1) } } });
  await keys.close();
  expect(await read('tctoken', ['300@lid'])).toBe(1);
});

test('who has the sender key of a group is written when it changes, not with each message', async () => {
  const { db } = database.database;
  const held = heldDatabase(db);
  const profileId = await insertProfile(db);
  const keys = createKeyStore({
    ...{ db, vault: createVault(randomBytes(32)), clock: systemClock, profileId, generation: 1 },
    commit: createCommit(held.db),
    ...{ creds: initAuthCreds(), onFailed: () => undefined },
  });
  const group = '120363000000000001@g.us';
  const note = async (...jids: string[]) => {
    const { [group]: known } = await keys.get('sender-key-memory', [group]);
    const now = { ...known, ...Object.fromEntries(jids.map((jid) => [jid, true])) };
    await keys.set({ 'sender-key-memory': { [group]: now } });
    return held.count('from lease');
  };
  expect(await note('1@lid', '2@lid')).toBe(1);
  expect(await note()).toBe(1);
  expect(await note('3@lid')).toBe(2);
  await keys.set({ 'sender-key-memory': { [group]: null } });
  expect(await note('1@lid')).toBe(4);
  await keys.close();
  await expect(note('1@lid')).rejects.toThrow(EngineGone);
});

test('keys of many profiles share a commit; what one may not or can not write fails alone', async () => {
  const { db } = database.database;
  const held = heldDatabase(db);
  const commit = createCommit(held.db);
  const profiles = await Promise.all(Array.from({ length: 4 }, () => insertProfile(db)));
  const change = (profileId = '', more: Partial<Change> = {}): Change => ({
    ...{ profileId, generation: 1, at: new Date(), removedKeys: [], journal: [], settled: [] },
    keys: [{ type: 'session', id: 'bob.0', value: Buffer.from('ratchet') }],
    ...more,
  });
  const storedBy = async () => {
    const rows = await db.selectFrom('engine_keys').select('profile_id').where('id', '=', 'bob.0').execute();
    return rows.map(({ profile_id }) => profiles.indexOf(profile_id)).sort();
  };
  const [first, second, third, fourth] = profiles;
  await Promise.all([first, second].map((id) => commit(change(id))));
  expect([held.count('from lease'), await storedBy()]).toEqual([1, [0, 1]]);

  const lost = commit(change(third, { generation: 2 }));
  await Promise.all([expect(lost).rejects.toThrow(OwnershipLost), commit(change(fourth))]);
  expect([held.count('from lease'), await storedBy()]).toEqual([2, [0, 1, 3]]);

  const broken = commit(change(third, { keys: [{ type: 'session', id: 'a\0b', value: Buffer.of(1) }] }));
  const removed = { keys: [], removedKeys: [{ type: 'session', id: 'bob.0' }] };
  await Promise.all([expect(broken).rejects.toThrow(/invalid byte/), commit(change(fourth, removed))]);
  expect(await storedBy()).toEqual([0, 1]);
});
