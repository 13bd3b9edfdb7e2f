import { SessionRecord } from '@multiwa/signal';
import {
  addTransactionCapability,
  DEFAULT_CONNECTION_CONFIG,
  type SignalRepositoryWithLIDStore,
} from 'baileys';
import { pino } from 'pino';
import { type Account, type Address, lidJid } from '../accounts/account.ts';
import type { KeyBundle } from '../accounts/prekeys.ts';
import type { Store } from '../store/sqlite.ts';
import { PhoneKeyStore } from './key-store.ts';
import { SenderKeys } from './sender-keys.ts';

const silent = pino({ level: 'silent' });

function signalKey(publicKey: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([5]), publicKey]);
}

/**
 * The Signal sessions of one phone. What a ratchet step changes stays in memory until `persist`, so that the caller
 * can write it together with what the step produced. Sessions are always named by LID.
 */
export class PhoneSignal {
  /** Keys of groups and of the status. */
  readonly senderKeys: SenderKeys;
  readonly #keys: PhoneKeyStore;
  readonly #repository: SignalRepositoryWithLIDStore;

  constructor(account: Account, store: Store) {
    this.#keys = new PhoneKeyStore(account.number, store);
    this.senderKeys = new SenderKeys(this.#keys);
    const { identity, signedPreKey, registrationId } = account.keys;
    const creds = {
      signedIdentityKey: { private: identity.private, public: identity.public },
      signedPreKey: {
        keyPair: { private: signedPreKey.private, public: signedPreKey.public },
        signature: signedPreKey.signature,
        keyId: signedPreKey.id,
      },
      registrationId,
    };
    const options = { maxCommitRetries: 1, delayBetweenTriesMs: 0 };
    const keys = addTransactionCapability(this.#keys.forRepository(), silent, options);
    this.#repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, silent);
  }

  /** Decrypts one `enc`; throws when no session fits. */
  decrypt(from: Address, type: 'pkmsg' | 'msg', ciphertext: Uint8Array): Promise<Uint8Array> {
    const jid = lidJid(from.account, from.device);
    return this.#repository.decryptMessage({ jid, type, ciphertext });
  }

  /** Encrypts for one device, opening a session with the bundle that `fetch` gives when there is none. */
  async encrypt(to: Address, data: Uint8Array, fetch: () => KeyBundle | undefined) {
    const jid = lidJid(to.account, to.device);
    const { exists } = await this.#repository.validateSession(jid);
    if (!exists) {
      const bundle = fetch();
      if (!bundle) throw new Error(`no key bundle for ${jid}`);
      await this.open(to, bundle);
    }
    return this.#repository.encryptMessage({ jid, data });
  }

  /** Opens a fresh session, whatever was there before. */
  async open(to: Address, bundle: KeyBundle): Promise<void> {
    const { preKey, signedPreKey } = bundle;
    await this.#repository.injectE2ESession({
      jid: lidJid(to.account, to.device),
      session: {
        registrationId: bundle.registrationId,
        identityKey: signalKey(bundle.identity),
        signedPreKey: {
          keyId: signedPreKey.id,
          publicKey: signalKey(signedPreKey.public),
          signature: signedPreKey.signature,
        },
        ...(preKey && { preKey: { keyId: preKey.id, publicKey: signalKey(preKey.public) } }),
      },
    });
  }

  /** Whether what is encrypted for a device opens a session there: its newest was opened here and not answered yet. */
  isUnanswered(to: Address): boolean {
    const id = this.#repository.jidToSignalProtocolAddress(lidJid(to.account, to.device));
    const kept = this.#keys.get<Uint8Array | object>('session', id);
    return (
      kept !== undefined && SessionRecord.deserialize(kept).getOpenSession()?.pendingPreKey !== undefined
    );
  }

  /** Forgets the sessions with everybody; keys of groups stay. */
  forgetSessions(): void {
    this.#keys.forgetAll('session');
  }

  /** Writes what changed since the last call. */
  persist(): void {
    this.#keys.persist();
  }

  /** Forgets unwritten changes and ends the repository's timers. */
  close(): void {
    this.#repository.close?.();
  }
}
