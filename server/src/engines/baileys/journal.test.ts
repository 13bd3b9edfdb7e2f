import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
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

/** The journal of a profile, and what one stanza with two messages left in it. */
async function journalOfTwo() {
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
  return { db, journal, isKept, one, two };
}

test('what one stanza brought is forgotten with the last of it, not by an undone transaction', async () => {
  const { db, journal, isKept, one, two } = await journalOfTwo();
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

test('within a statement it is forgotten with the last of it, and only when the condition holds', async () => {
  const { db, journal, isKept, one, two } = await journalOfTwo();
  const settle = async (messages: IncomingMessage[], holds: boolean) => {
    const settling = journal.settle.within?.(messages);
    if (!settling) throw new Error('the journal settles within no statement');
    await settling.part(sql`${holds}::boolean`).execute(db);
    if (holds) settling.committed();
  };
  await settle([one, two], false);
  await settle([one], true);
  expect(await isKept()).toBe(true);
  await settle([two], true);
  expect(await isKept()).toBe(false);
});
