import {
  type AuthenticationCreds,
  addTransactionCapability,
  type BinaryNode,
  DEFAULT_CONNECTION_CONFIG,
  type LIDMapping,
  type SignalKeyStoreWithTransaction,
  type SignalRepositoryWithLIDStore,
  type SocketConfig,
} from 'baileys';
import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-entry.ts';
import { libsignalTurn } from './key-locks.ts';
import type { EngineKeyStore } from './key-store.ts';
import { legible } from './legible.ts';
import { journalType, type StoredData } from './pending-change.ts';
import { trySessions } from './session-trial.ts';

export interface RepositoryOptions {
  store: EngineKeyStore;
  creds: AuthenticationCreds;
  journal: Journal;
  /** The stanza that a ciphertext came in. */
  stanzaOf(ciphertext: Uint8Array): BinaryNode | undefined;
  /** Called once per decrypted ciphertext, after its keys and journal entry are stored; awaited. */
  onDecrypted(entry: JournalEntry): Promise<void>;
  onPairs(pairs: LIDMapping[]): void;
}

/**
 * Baileys' own repository on a transaction layer of ours. Stock Baileys encrypts and sends inside one key
 * transaction and stores the keys afterwards; here each encryption is in line to be stored when it returns, and the
 * socket lets nothing out before it is. Each decryption commits together with its journal entry.
 */
export function repositoryMaker(options: RepositoryOptions): SocketConfig['makeSignalRepository'] {
  return (_auth, logger, findLids) => {
    const { store, creds } = options;
    // A transaction ends when its change has its place in line, so that the next one on the same session can go
    // on from it and share its commit.
    const line = { get: store.get, set: store.setSoon };
    const keys = addTransactionCapability(line, logger, { maxCommitRetries: 1, delayBetweenTriesMs: 0 });
    const inner = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, logger, findLids);
    tellPairs(inner, options.onPairs);
    const outer = sessionName(inner);
    const journaled = journalingDecrypt(keys, options);
    /** Something done with the session of an address, when libsignal has nothing else to do with it. */
    const inTurn =
      <T>(jid: string, work: () => Promise<T>) =>
      () =>
        libsignalTurn(inner.jidToSignalProtocolAddress(jid), work);

    return {
      ...inner,
      lidMapping: inner.lidMapping,
      async encryptMessage(message) {
        const work = inTurn(message.jid, () => inner.encryptMessage(message));
        return keys.transaction(work, await outer(message.jid));
      },
      async injectE2ESession(bundle) {
        const work = inTurn(bundle.jid, () => inner.injectE2ESession(bundle));
        return keys.transaction(work, await outer(bundle.jid));
      },
      async decryptMessage(message) {
        const name = await outer(message.jid);
        const decrypt = inTurn(message.jid, () => inner.decryptMessage(message));
        // A first message names its session itself.
        const fitting = message.type === 'pkmsg' ? decrypt : () => trySessions(keys, name, decrypt);
        return journaled(message.ciphertext, message.type, name, fitting);
      },
      decryptGroupMessage: (message) =>
        journaled(message.msg, 'skmsg', message.group, () => inner.decryptGroupMessage(message)),
    };
  };
}

type Decrypt = () => Promise<Uint8Array>;

/** Answers a ciphertext seen before from the journal; otherwise ratchet and journal commit as one. */
function journalingDecrypt(keys: SignalKeyStoreWithTransaction, options: RepositoryOptions) {
  const { store, journal, stanzaOf, onDecrypted } = options;
  return async (ciphertext: Uint8Array, encryption: string, name: string, decrypt: Decrypt) => {
    const stanza = stanzaOf(ciphertext);
    if (!stanza) {
      const plaintext = await keys.transaction(decrypt, name);
      await store.stored();
      return plaintext;
    }
    const known = await journal.answer(ciphertext);
    if (known) return legible(known);
    const entry = await keys.transaction(async () => {
      const plaintext = await decrypt();
      const noted = journal.entryFor(ciphertext, { attrs: stanza.attrs, encryption, plaintext });
      const data: StoredData = { [journalType]: { [noted.hash]: noted } };
      await keys.set(data);
      return noted;
    }, name);
    await store.stored();
    journal.holds(entry);
    await onDecrypted(entry);
    return legible(entry.plaintext);
  };
}

/**
 * One name per session: a phone number and its linked identity address the same one, and two jobs on it
 * would otherwise read the same ratchet and lose an update.
 */
function sessionName(repository: SignalRepositoryWithLIDStore) {
  return async (jid: string): Promise<string> => {
    const isPhone = jid.endsWith('@s.whatsapp.net') || jid.endsWith('@hosted');
    const lid = isPhone ? await repository.lidMapping.getLIDForPN(jid) : undefined;
    return repository.jidToSignalProtocolAddress(lid ?? jid);
  };
}

/** Every pair of addresses Baileys learns, from whatever source, passes this one method. */
function tellPairs(repository: SignalRepositoryWithLIDStore, onPairs: (pairs: LIDMapping[]) => void): void {
  const { lidMapping } = repository;
  const keep = lidMapping.storeLIDPNMappings.bind(lidMapping);
  lidMapping.storeLIDPNMappings = async (pairs) => {
    await keep(pairs);
    onPairs(pairs);
  };
}
