import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile } from '../../../test/profile-rows.ts';
import { createVault } from '../../platform/crypto.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { EngineMessageId, IncomingMessage } from '../port.ts';
import { toChat } from './ids.ts';
import { createJournal } from './journal.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store?.drop());

const message = (id: string): IncomingMessage => ({
  id: id as EngineMessageId,
  chat: toChat('628111000001@s.whatsapp.net') ?? ('' as never),
  sender: {},
  fromMe: false,
  timestamp: new Date(),
  content: { type: 'text', text: id },
  late: false,
});

test('what one stanza brought is forgotten with the last of it, not by an undone transaction', async () => {
  const { db } = store.database;
  const profileId = await insertProfile(db);
  const journal = createJournal({ db, vault: createVault(randomBytes(32)), profileId });
  const entry = journal.entryFor(Buffer.from('ciphertext'), {
    attrs: { id: 'A' },
    encryption: 'msg',
    plaintext: Buffer.from('two messages'),
  });
  const hash = Buffer.from(entry.hash, 'hex');
  await db
    .insertInto('engine_journal')
    .values({ profile_id: profileId, hash, stanza_id: 'A', value: Buffer.alloc(1), created_at: new Date() })
    .execute();
  const isKept = async () =>
    (await db.selectFrom('engine_journal').select('hash').where('profile_id', '=', profileId).execute())
      .length === 1;
  const [one, two] = [message('one'), message('two')];
  journal.brings(entry, [one, two]);

  const failing = inTransaction(db, async (tx) => {
    await journal.settle(tx, [one, two]);
    throw new Error('the disk is full');
  });
  await expect(failing).rejects.toThrow('the disk is full');
  await inTransaction(db, (tx) => journal.settle(tx, [one]));
  expect(await isKept()).toBe(true);
  await inTransaction(db, (tx) => journal.settle(tx, [two]));
  expect(await isKept()).toBe(false);
});
