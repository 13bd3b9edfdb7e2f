import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type AuthenticationCreds,
  addTransactionCapability,
  DEFAULT_CONNECTION_CONFIG,
  type LIDMapping,
  type SignalDataSet,
  type SignalRepositoryWithLIDStore,
  type SocketConfig,
} from 'baileys';
import { tellPairs } from './address-pairs.ts';
import { createDecryptAhead } from './decrypt-ahead.ts';
import { type Decryption, type JournaledDecryptOptions, journalingDecrypt } from './journaled-decrypt.ts';
import type { MessageTurns } from './message-order.ts';
import { mayLeave } from './relay-beside.ts';
import { senderKeysOf } from './sender-keys.ts';

export interface RepositoryOptions extends JournaledDecryptOptions {
  creds: AuthenticationCreds;
  onPairs(pairs: LIDMapping[]): void;
}

export interface RepositoryMaker {
  make: SocketConfig['makeSignalRepository'];
  /** Has to hear of each message stanza. */
  turns: Pick<MessageTurns, 'arrived' | 'ended'>;
}

/** Set while a session is opened: it is stored with the first message that is encrypted in it. */
const opening = new AsyncLocalStorage<true>();

/**
 * Changes: Baileys' own repository works on a transaction layer of ours. When an encryption returns, its ratchet is queued
 * for storage, and `store-before-sending.ts` sends nothing before that is done; jobs on one session take turns, whichever
 * of its two addresses they name.
 *
 * Why: stock Baileys encrypts and sends inside one key transaction and stores the keys afterwards. A crash between the
 * two would use a ratchet counter twice.
 *
 * In: `baileys/lib/Signal/libsignal.js` (makeLibSignalRepository), `baileys/lib/Utils/auth-utils.js`
 * (addTransactionCapability).
 */
export function repositoryMaker(options: RepositoryOptions): RepositoryMaker {
  let turns: RepositoryMaker['turns'] | undefined;
  const make: SocketConfig['makeSignalRepository'] = (_auth, logger, findLids) => {
    const { store, creds, stanzaOf } = options;
    // A transaction ends when its change is queued, so that the next one on the same session can build on it and
    // share its commit.
    const queue = {
      get: store.get,
      set: (data: SignalDataSet) => (opening.getStore() ? store.setAlong(data) : store.setSoon(data)),
    };
    const keys = addTransactionCapability(queue, logger, { maxCommitRetries: 1, delayBetweenTriesMs: 0 });
    const inner = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, logger, findLids);
    tellPairs(inner, options.onPairs);
    const nameOf = sessionName(inner);
    const { entryOf, plaintextOf } = journalingDecrypt(keys, options);
    const senderKeys = senderKeysOf(keys, inner.jidToSignalProtocolAddress);
    const direct = async (
      jid: string,
      type: 'msg' | 'pkmsg',
      ciphertext: Uint8Array,
    ): Promise<Decryption> => ({
      ...{ ciphertext, encryption: type, name: await nameOf(jid) },
      decrypt: () => inner.decryptMessage({ jid, type, ciphertext }),
    });
    const inGroup = (group: string, authorJid: string, ciphertext: Uint8Array): Decryption => ({
      ...{ ciphertext, encryption: 'skmsg', name: group },
      decrypt: () => senderKeys.decryptGroupMessage({ group, authorJid, msg: ciphertext }),
    });
    const ahead = createDecryptAhead(async (ciphertext, stanza, asked) => {
      if (await options.journal.answer(ciphertext)) return undefined;
      const decryption =
        'group' in asked
          ? inGroup(asked.group, asked.authorJid, ciphertext)
          : await direct(asked.jid, asked.type, ciphertext);
      return entryOf(stanza, decryption);
    });
    turns = ahead;
    const learnt = (ciphertext: Uint8Array, asked: Parameters<typeof ahead.learnt>[2]) => {
      const stanza = stanzaOf(ciphertext);
      if (stanza) ahead.learnt(ciphertext, stanza, asked);
    };

    return {
      ...inner,
      ...senderKeys,
      lidMapping: inner.lidMapping,
      async encryptMessage(message) {
        const name = await nameOf(message.jid);
        const encrypted = await keys.transaction(() => inner.encryptMessage(message), name);
        await mayLeave();
        return encrypted;
      },
      async encryptGroupMessage(message) {
        const encrypted = await senderKeys.encryptGroupMessage(message);
        await mayLeave();
        return encrypted;
      },
      async injectE2ESession(bundle) {
        const name = await nameOf(bundle.jid);
        await opening.run(true, () => keys.transaction(() => inner.injectE2ESession(bundle), name));
      },
      async decryptMessage({ jid, type, ciphertext }) {
        const plaintext = await plaintextOf(await direct(jid, type, ciphertext), ahead.resultOf(ciphertext));
        learnt(ciphertext, { jid, type });
        return plaintext;
      },
      async decryptGroupMessage({ group, authorJid, msg }) {
        const plaintext = await plaintextOf(inGroup(group, authorJid, msg), ahead.resultOf(msg));
        learnt(msg, { group, authorJid });
        return plaintext;
      },
    };
  };
  return {
    make,
    turns: { arrived: (stanza) => turns?.arrived(stanza), ended: (stanza) => turns?.ended(stanza) },
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
