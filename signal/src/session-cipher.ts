import type { ProtocolAddress } from './address.ts';
import type { KeyPair } from './curve/key-pair.ts';
import { rawPublicKey, typedPublicKey } from './curve/public-key.ts';
import { PreKeyError, SessionError, UntrustedIdentityKeyError } from './errors.ts';
import { answerOpener } from './session/agreement.ts';
import { SessionRecord } from './session/record.ts';
import { seal } from './session/seal.ts';
import type { SignalStorage } from './storage.ts';
import { inTurn } from './turns.ts';
import { type PreKeyWhisperMessage, readPreKeyWhisperMessage, readWhisperMessage } from './wire/messages.ts';

/** A message that opens a session is of type 3, every other of type 1. */
export interface Encrypted {
  readonly type: 1 | 3;
  readonly body: Buffer;
  /** The number that the receiving device is registered under. */
  readonly registrationId: number;
}

/** Encrypts for one device and decrypts what comes from it, one message after the other. */
export class SessionCipher {
  readonly #storage: SignalStorage;
  readonly #address: ProtocolAddress;

  constructor(storage: SignalStorage, address: ProtocolAddress) {
    this.#storage = storage;
    this.#address = address;
  }

  /**
   * Encrypts with the current session, which is stored before this resolves.
   * @throws SessionError when there is none: open one with a {@link SessionBuilder}
   * @throws UntrustedIdentityKeyError when the storage trusts its identity no more
   */
  encrypt(plaintext: Uint8Array): Promise<Encrypted> {
    return this.#inTurn(async (name) => {
      const record = await this.#storage.loadSession(name);
      if (!record) throw new SessionError('No sessions');
      const { current } = record;
      if (!current) throw new SessionError('No open session');
      await this.#trust(current.remoteIdentity);
      const identity = await this.#identity();
      const registrationId = await this.#storage.getOurRegistrationId();
      const sealed = seal(current, plaintext, { identity, registrationId });
      await this.#storage.storeSession(name, record.with(sealed.session, current));
      return { type: sealed.isFirst ? 3 : 1, body: sealed.bytes, registrationId: current.registrationId };
    });
  }

  /**
   * Decrypts a message of an open session; a message that fails changes nothing.
   * @throws MessageCounterError when it came before
   * @throws SessionError when no session fits
   */
  decryptWhisperMessage(message: Uint8Array): Promise<Buffer> {
    return this.#inTurn(async (name) => {
      const record = await this.#storage.loadSession(name);
      if (!record?.current) throw new SessionError('No session record');
      const received = readWhisperMessage(message);
      const decrypted = record.decrypt(received, await this.#identity());
      if (decrypted.record.current) await this.#trust(decrypted.record.current.remoteIdentity);
      await this.#storage.storeSession(name, decrypted.record);
      return decrypted.plaintext;
    });
  }

  /**
   * Decrypts a message that opens a session. The prekey it names is removed once the session is stored.
   * @throws PreKeyError when a prekey it names is not there
   * @throws UntrustedIdentityKeyError when the storage doesn't trust its identity
   * @throws MessageCounterError when it came before
   */
  decryptPreKeyWhisperMessage(message: Uint8Array): Promise<Buffer> {
    return this.#inTurn(async (name) => {
      const first = readPreKeyWhisperMessage(message);
      const received = readWhisperMessage(first.message);
      const record = (await this.#storage.loadSession(name)) ?? new SessionRecord();
      await this.#trust(first.identityKey);
      const opened = record.openedWith(first.baseKey);
      const session = opened ?? (await this.#answer(first));
      const decrypted = record.decryptWith(session, received, await this.#identity());
      await this.#storage.storeSession(name, decrypted.record);
      if (!opened && first.preKeyId !== undefined) await this.#storage.removePreKey(first.preKeyId);
      return decrypted.plaintext;
    });
  }

  /** Whether a message can be encrypted. */
  async hasOpenSession(): Promise<boolean> {
    const record = await this.#storage.loadSession(this.#address.toString());
    return record?.haveOpenSession() ?? false;
  }

  async #answer(first: PreKeyWhisperMessage) {
    const { preKeyId, signedPreKeyId } = first;
    const preKey = preKeyId === undefined ? undefined : await this.#storage.loadPreKey(preKeyId);
    if (preKeyId !== undefined && !preKey) throw new PreKeyError('Invalid PreKey ID');
    const signedPreKey = await this.#storage.loadSignedPreKey(signedPreKeyId);
    if (!signedPreKey) throw new PreKeyError('Missing SignedPreKey');
    const identity = await this.#storage.getOurIdentity();
    const own = { identity, signedPreKey: typed(signedPreKey), preKey: preKey ?? undefined };
    return answerOpener(own, first);
  }

  async #trust(identityKey: Uint8Array): Promise<void> {
    const { id } = this.#address;
    if (!(await this.#storage.isTrustedIdentity(id, identityKey))) {
      throw new UntrustedIdentityKeyError(id, identityKey);
    }
  }

  /** Our identity as it is authenticated: with its type byte. */
  async #identity(): Promise<Uint8Array> {
    return typed(await this.#storage.getOurIdentity()).pubKey;
  }

  #inTurn<T>(work: (name: string) => Promise<T>): Promise<T> {
    const name = this.#address.toString();
    return inTurn(this.#storage, name, () => work(name));
  }
}

/** Storages may keep public keys without their type byte. */
function typed({ pubKey, privKey }: KeyPair): KeyPair {
  return { pubKey: typedPublicKey(rawPublicKey(pubKey)), privKey };
}
