import {
  type AuthenticationCreds,
  addTransactionCapability,
  DEFAULT_CONNECTION_CONFIG,
  generateSignalPubKey,
  initAuthCreds,
  type SignalDataSet,
  type SignalRepositoryWithLIDStore,
  unpadRandomMax16,
} from 'baileys';
import { expect, test } from 'vitest';
import { silentLog } from '../../../platform/log.ts';
import { baileysLog } from '../baileys-log.ts';
import type { Journal } from '../journal.ts';
import { hashOf, type JournalEntry } from '../journal-entry.ts';
import type { EngineKeyStore } from '../key-store.ts';
import { journalType } from '../pending-change.ts';
import { openSocket } from '../socket.ts';
import { repositoryMaker } from './signal-repository.ts';

const sender = '100000000000009:2@lid';
const logger = baileysLog(silentLog);

/** Keys in memory; `writes` gets the types of each write. */
function memoryStore(writes: string[][]): EngineKeyStore {
  const values = new Map<string, unknown>();
  const set = async (data: SignalDataSet): Promise<void> => {
    writes.push(Object.keys(data));
    for (const [type, entries] of Object.entries(data)) {
      for (const [id, value] of Object.entries(entries ?? {})) values.set(`${type}/${id}`, value);
    }
  };
  return {
    get: (type, ids) => {
      const entries = ids.flatMap((id) =>
        values.has(`${type}/${id}`) ? [[id, values.get(`${type}/${id}`)]] : [],
      );
      return Object.fromEntries(entries);
    },
    set,
    setSoon: set,
    setAlong: set,
    within: async () => undefined,
    storeCredentials: async () => undefined,
    underWay: () => undefined,
    settle: () => undefined,
    stored: async () => undefined,
    close: async () => undefined,
  };
}

/** A journal without earlier entries. */
const emptyJournal: Journal = {
  leftOver: async () => [],
  entryFor: (ciphertext, part) => ({ ...part, hash: hashOf(ciphertext), order: 1 }),
  holds: () => undefined,
  answer: async () => undefined,
  brings: () => undefined,
  settle: async () => undefined,
};

function receiver() {
  const creds = initAuthCreds();
  const writes: string[][] = [];
  const decrypted: JournalEntry[] = [];
  const store = memoryStore(writes);
  const { make } = repositoryMaker({
    store,
    creds,
    journal: emptyJournal,
    stanzaOf: () => ({ tag: 'message', attrs: { id: 'A' } }),
    onDecrypted: async (entry) => void decrypted.push(entry),
    onPairs: () => undefined,
  });
  return { creds, writes, decrypted, repository: make({ creds, keys: store }, logger) };
}

/** What a sender needs to open a session with these credentials. */
function bundle({ registrationId, signedIdentityKey, signedPreKey }: AuthenticationCreds) {
  return {
    registrationId,
    identityKey: Buffer.from(generateSignalPubKey(signedIdentityKey.public)),
    signedPreKey: {
      keyId: signedPreKey.keyId,
      publicKey: Buffer.from(generateSignalPubKey(signedPreKey.keyPair.public)),
      signature: signedPreKey.signature,
    },
  };
}

/** Somebody who writes, with Baileys' own repository. */
function stockSender(creds: AuthenticationCreds = initAuthCreds()): SignalRepositoryWithLIDStore {
  const how = { maxCommitRetries: 1, delayBetweenTriesMs: 0 };
  const keys = addTransactionCapability(memoryStore([]), logger, how);
  return DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, logger);
}

async function writeTo(from: SignalRepositoryWithLIDStore, jid: string, text: string) {
  const { ciphertext } = await from.encryptMessage({ jid, data: Buffer.from(text) });
  return ciphertext;
}

test('two profiles that hear one person at the same moment store ratchet and journal together', async () => {
  const from = stockSender();
  const receivers = [receiver(), receiver(), receiver()];
  const ciphertexts = await Promise.all(
    receivers.map(async (one, index) => {
      const jid = `20000000000000${index}@lid`;
      await from.injectE2ESession({ jid, session: bundle(one.creds) as never });
      return writeTo(from, jid, `for ${index}`);
    }),
  );
  await Promise.all(
    receivers.map(({ repository }, index) =>
      repository.decryptMessage({
        jid: sender,
        type: 'pkmsg',
        ciphertext: ciphertexts[index] ?? Buffer.of(),
      }),
    ),
  );
  for (const { writes, decrypted } of receivers) {
    expect(decrypted).toHaveLength(1);
    expect(writes.filter((types) => types.includes('session'))).toEqual([
      expect.arrayContaining(['session', 'identity-key', journalType]),
    ]);
  }
});

test('two who write to each other first at the same moment go on reading each other', async () => {
  const { creds, repository, decrypted } = receiver();
  const otherCreds = initAuthCreds();
  const other = stockSender(otherCreds);
  const us = '200000000000001@lid';
  await other.injectE2ESession({ jid: us, session: bundle(creds) as never });
  await repository.injectE2ESession({ jid: sender, session: bundle(otherCreds) as never });
  const [first, delayed] = [await writeTo(other, us, 'first'), await writeTo(other, us, 'delayed')];
  const crossing = await writeTo(repository, sender, 'crossing');
  await other.decryptMessage({ jid: us, type: 'pkmsg', ciphertext: crossing });
  const answer = await other.encryptMessage({ jid: us, data: Buffer.from('answer') });
  expect(answer.type).toBe('msg');

  await repository.decryptMessage({ jid: sender, type: 'pkmsg', ciphertext: first });
  // On the session that is not the last one used here.
  await repository.decryptMessage({ jid: sender, ...answer });
  await repository.decryptMessage({ jid: sender, type: 'pkmsg', ciphertext: delayed });
  const reply = await repository.encryptMessage({ jid: sender, data: Buffer.from('reply') });
  const read = await other.decryptMessage({ jid: us, ...reply });

  expect(decrypted.map(({ plaintext }) => Buffer.from(plaintext).toString())).toEqual([
    'first',
    'answer',
    'delayed',
  ]);
  expect(Buffer.from(read).toString()).toBe('reply');
});

test('a ciphertext that can’t be decrypted changes nothing at all', async () => {
  const { repository, writes, decrypted } = receiver();
  const other = initAuthCreds();
  const from = stockSender();
  const jid = '200000000000009@lid';
  // Meant for somebody else: its identity can be read, its content can't.
  await from.injectE2ESession({ jid, session: bundle(other) as never });
  const ciphertext = await writeTo(from, jid, 'not for you');
  await expect(repository.decryptMessage({ jid: sender, type: 'pkmsg', ciphertext })).rejects.toThrow();
  expect(writes).toEqual([]);
  expect(decrypted).toEqual([]);
});

test('what was decrypted and stored before comes again as an empty message, and nobody is told', async () => {
  const { creds, repository, writes, decrypted } = receiver();
  const from = stockSender();
  const jid = '200000000000008@lid';
  await from.injectE2ESession({ jid, session: bundle(creds) as never });
  const ciphertext = await writeTo(from, jid, 'once');
  await repository.decryptMessage({ jid: sender, type: 'pkmsg', ciphertext });
  writes.length = 0;
  const again = await repository.decryptMessage({ jid: sender, type: 'pkmsg', ciphertext });
  expect(unpadRandomMax16(again)).toHaveLength(0);
  expect(writes).toEqual([]);
  expect(decrypted).toHaveLength(1);
});

test('a handler of Baileys that fails is heard of, and is no unhandled rejection', async () => {
  const creds = initAuthCreds();
  const strays = Promise.withResolvers<string>();
  const socket = openSocket({
    uploadAgent: undefined,
    url: 'ws://127.0.0.1:1/',
    creds,
    store: memoryStore([]),
    log: silentLog,
    makeSignalRepository: DEFAULT_CONNECTION_CONFIG.makeSignalRepository,
    getMessage: async () => undefined,
    groupOf: async () => undefined,
    onStray: (event) => strays.resolve(event),
  });
  // A missed call whose stanza names no chat.
  socket.ev.emit('call', [{ status: 'timeout', id: 'A', date: new Date() } as never]);
  expect(await strays.promise).toBe('call');
  await socket.end(undefined);
});
