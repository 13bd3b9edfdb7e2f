import {
  addTransactionCapability,
  BufferJSON,
  DEFAULT_CONNECTION_CONFIG,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type SignalRepositoryWithLIDStore,
} from 'baileys';
import { pino } from 'pino';
import { type Account, type Address, lidJid } from '../accounts/account.ts';
import type { KeyBundle } from '../accounts/prekeys.ts';
import type { Store } from '../store/sqlite.ts';

const silent = pino({ level: 'silent' });

function signalKey(publicKey: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([5]), publicKey]);
}

/**
 * The Signal sessions of one phone. What a ratchet step changes stays in memory until `persist`, so that the caller
 * can write it together with what the step produced. Sessions are always named by LID.
 */
export class PhoneSignal {
  readonly #account: Account;
  readonly #store: Store;
  readonly #repository: SignalRepositoryWithLIDStore;
  readonly #changed = new Map<string, { type: string; id: string; value: unknown }>();

  constructor(account: Account, store: Store) {
    this.#account = account;
    this.#store = store;
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
    const keys = addTransactionCapability(this.#keyStore(), silent, options);
    this.#repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, silent);
  }

  /** Decrypts one `enc`; throws when no session fits. */
  async decrypt(from: Address, type: 'pkmsg' | 'msg', ciphertext: Uint8Array): Promise<Uint8Array> {
    return this.#repository.decryptMessage({ jid: lidJid(from.account, from.device), type, ciphertext });
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

  /** Writes what changed since the last call. */
  persist(): void {
    const { number } = this.#account;
    for (const { type, id, value } of this.#changed.values()) {
      if (value === null || value === undefined) {
        this.#store.run('DELETE FROM phone_keys WHERE number = ? AND type = ? AND id = ?', number, type, id);
      } else {
        const sql = 'INSERT OR REPLACE INTO phone_keys (number, type, id, value) VALUES (?, ?, ?, ?)';
        this.#store.run(sql, number, type, id, JSON.stringify(value, BufferJSON.replacer));
      }
    }
    this.#changed.clear();
  }

  /** Forgets unwritten changes and ends the repository's timers. */
  close(): void {
    this.#repository.close?.();
  }

  #keyStore(): SignalKeyStore {
    const sql = 'SELECT value FROM phone_keys WHERE number = ? AND type = ? AND id = ?';
    return {
      get: <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
        const found: { [id: string]: SignalDataTypeMap[T] } = {};
        for (const id of ids) {
          const changed = this.#changed.get(`${type} ${id}`);
          if (changed) {
            if (changed.value) found[id] = changed.value as SignalDataTypeMap[T];
            continue;
          }
          const row = this.#store.get<{ value: string }>(sql, this.#account.number, type, id);
          if (row) found[id] = JSON.parse(row.value, BufferJSON.reviver) as SignalDataTypeMap[T];
        }
        return found;
      },
      set: (data: SignalDataSet) => {
        for (const [type, entries] of Object.entries(data)) {
          for (const [id, value] of Object.entries(entries ?? {}))
            this.#changed.set(`${type} ${id}`, { type, id, value });
        }
      },
    };
  }
}
