import {
  type AuthenticationCreds,
  addTransactionCapability,
  DEFAULT_CONNECTION_CONFIG,
  type LIDMapping,
  type SignalRepositoryWithLIDStore,
  type SocketConfig,
} from 'baileys';
import { tellPairs } from './address-pairs.ts';
import { type JournaledDecryptOptions, journalingDecrypt } from './journaled-decrypt.ts';
import { mayLeave } from './relay-beside.ts';
import { senderKeysOf } from './sender-keys.ts';

export interface RepositoryOptions extends JournaledDecryptOptions {
  creds: AuthenticationCreds;
  onPairs(pairs: LIDMapping[]): void;
}

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
export function repositoryMaker(options: RepositoryOptions): SocketConfig['makeSignalRepository'] {
  return (_auth, logger, findLids) => {
    const { store, creds } = options;
    // A transaction ends when its change is queued, so that the next one on the same session can build on it and
    // share its commit.
    const queue = { get: store.get, set: store.setSoon };
    const keys = addTransactionCapability(queue, logger, { maxCommitRetries: 1, delayBetweenTriesMs: 0 });
    const inner = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, logger, findLids);
    tellPairs(inner, options.onPairs);
    const nameOf = sessionName(inner);
    const journaled = journalingDecrypt(keys, options);
    const senderKeys = senderKeysOf(keys, inner.jidToSignalProtocolAddress);

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
        return keys.transaction(() => inner.injectE2ESession(bundle), name);
      },
      async decryptMessage(message) {
        const name = await nameOf(message.jid);
        return journaled(message.ciphertext, message.type, name, () => inner.decryptMessage(message));
      },
      decryptGroupMessage: (message) =>
        journaled(message.msg, 'skmsg', message.group, () => senderKeys.decryptGroupMessage(message)),
    };
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
