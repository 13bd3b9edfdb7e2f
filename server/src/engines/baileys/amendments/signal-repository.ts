import {
  type AuthenticationCreds,
  addTransactionCapability,
  DEFAULT_CONNECTION_CONFIG,
  type LIDMapping,
  type SignalRepositoryWithLIDStore,
  type SocketConfig,
} from 'baileys';
import { libsignalTurn } from '../key-locks.ts';
import { tellPairs } from './address-pairs.ts';
import { type JournaledDecryptOptions, journalingDecrypt } from './journaled-decrypt.ts';
import { mayLeave } from './relay-beside.ts';
import { trySessions } from './session-trial.ts';

export interface RepositoryOptions extends JournaledDecryptOptions {
  creds: AuthenticationCreds;
  onPairs(pairs: LIDMapping[]): void;
}

/**
 * Changes: Baileys' own repository works on a transaction layer of ours. When an encryption returns, its ratchet is queued
 * for storage, and `store-before-sending.ts` sends nothing before that is done; jobs on one session take turns.
 *
 * Why: stock Baileys encrypts and sends inside one key transaction and stores the keys afterwards. A crash between the
 * two would use a ratchet counter twice.
 *
 * In: `baileys/lib/Signal/libsignal.js` (makeLibSignalRepository), `baileys/lib/Utils/auth-utils.js`
 * (addTransactionCapability), `libsignal/src/queue_job.js`.
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
    /** Works on the session of an address when libsignal has no other work on it. */
    const inTurn =
      <T>(jid: string, work: () => Promise<T>) =>
      () =>
        libsignalTurn(inner.jidToSignalProtocolAddress(jid), work);

    return {
      ...inner,
      lidMapping: inner.lidMapping,
      async encryptMessage(message) {
        const work = inTurn(message.jid, () => inner.encryptMessage(message));
        const encrypted = await keys.transaction(work, await nameOf(message.jid));
        await mayLeave();
        return encrypted;
      },
      async encryptGroupMessage(message) {
        const encrypted = await inner.encryptGroupMessage(message);
        await mayLeave();
        return encrypted;
      },
      async injectE2ESession(bundle) {
        const work = inTurn(bundle.jid, () => inner.injectE2ESession(bundle));
        return keys.transaction(work, await nameOf(bundle.jid));
      },
      async decryptMessage(message) {
        const name = await nameOf(message.jid);
        const decrypt = inTurn(message.jid, () => inner.decryptMessage(message));
        // A first message names its session itself.
        const trial = message.type === 'pkmsg' ? decrypt : () => trySessions(keys, name, decrypt);
        return journaled(message.ciphertext, message.type, name, trial);
      },
      decryptGroupMessage: (message) =>
        journaled(message.msg, 'skmsg', message.group, () => inner.decryptGroupMessage(message)),
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
