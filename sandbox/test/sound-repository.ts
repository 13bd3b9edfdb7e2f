import {
  addTransactionCapability,
  DEFAULT_CONNECTION_CONFIG,
  type SignalKeyStore,
  type SocketConfig,
} from 'baileys';
import type { MemoryKeys } from './memory-keys.ts';

/**
 * Baileys' own Signal repository, one step at a time, each stored before the next begins. Stock Baileys takes the keys
 * of a whole sending at its begin and stores them at its end, over what was decrypted meanwhile: its sessions lose
 * steps, and each lost step makes somebody ask again. A socket with this one shows what the network does.
 */
export function soundRepository(store: MemoryKeys): SocketConfig['makeSignalRepository'] {
  return (auth, logger, findLids) => {
    const options = { maxCommitRetries: 1, delayBetweenTriesMs: 0 };
    const keys = addTransactionCapability(store as SignalKeyStore, logger, options);
    const inner = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ ...auth, keys }, logger, findLids);
    const alone = oneAtATime();
    return {
      ...inner,
      lidMapping: inner.lidMapping,
      encryptMessage: alone(inner.encryptMessage),
      injectE2ESession: alone(inner.injectE2ESession),
      encryptGroupMessage: alone(inner.encryptGroupMessage),
      decryptGroupMessage: alone(inner.decryptGroupMessage),
      getSenderKeyDistributionMessage: alone(inner.getSenderKeyDistributionMessage),
      processSenderKeyDistributionMessage: alone(inner.processSenderKeyDistributionMessage),
      decryptMessage: alone(inner.decryptMessage),
    };
  };
}

/** Makes functions wait for each other. */
function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return <A, T>(work: (about: A) => Promise<T>) =>
    (about: A): Promise<T> => {
      const result = last.then(() => work(about));
      last = result.catch(() => undefined);
      return result;
    };
}
