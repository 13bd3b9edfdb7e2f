import { randomBytes, randomInt } from 'node:crypto';
import { decryptAes, encryptAes } from './aes.ts';
import { advance, seedFor, step } from './chain.ts';
import { wipe } from './constant-time.ts';
import { sign } from './curve/sign.ts';
import { generateSigner, signWithSeed } from './curve/signer.ts';
import { verify } from './curve/verify.ts';
import { SessionError, SignalError } from './errors.ts';
import { SenderKeyRecord } from './group/sender-key-record.ts';
import type { SenderKeyState, Signing } from './group/sender-key-state.ts';
import { hkdf } from './kdf.ts';
import { SkippedKeys } from './skipped-keys.ts';
import { inTurn } from './turns.ts';
import {
  readAnnouncement,
  readSenderKeyMessage,
  writeAnnouncement,
  writeSenderKeyMessage,
} from './wire/sender-key-messages.ts';

/** Where sender keys are kept. A name is one device in one group. */
export interface SenderKeyStorage {
  loadSenderKey(
    name: string,
  ): Promise<SenderKeyRecord | null | undefined> | SenderKeyRecord | null | undefined;
  storeSenderKey(name: string, record: SenderKeyRecord): unknown;
}

const info = Buffer.from('WhisperGroup');
/** Messages carry signatures, so that only the sender's own can lead so far. */
const leapMax = 25_000;

/** Sender keys: in a group each device has one key for all its messages, which the others are given once. */
export class SenderKeys {
  readonly #storage: SenderKeyStorage;

  constructor(storage: SenderKeyStorage) {
    this.#storage = storage;
  }

  /** What others must be told to read what comes next under a name of ours; a key is made if there is none. */
  announce(name: string): Promise<Buffer> {
    return inTurn(this.#storage, name, async () => {
      const record = (await this.#storage.loadSenderKey(name)) ?? new SenderKeyRecord();
      const state = record.own ?? newState();
      if (!record.own) await this.#storage.storeSenderKey(name, record.with(state));
      const { id, chain, signingKey } = state;
      return writeAnnouncement({ id, iteration: chain.next, chainKey: chain.key, signingKey });
    });
  }

  /** Takes the key that a device has announced; one known already stays where it is. */
  accept(name: string, announcement: Uint8Array): Promise<void> {
    return inTurn(this.#storage, name, async () => {
      const { id, iteration, chainKey, signingKey } = readAnnouncement(announcement);
      const record = (await this.#storage.loadSenderKey(name)) ?? new SenderKeyRecord();
      if (record.knows({ id, signingKey })) return;
      const chain = { next: iteration, key: chainKey };
      const state = {
        id,
        since: iteration,
        chain,
        skipped: SkippedKeys.none,
        signingKey,
        signing: undefined,
      };
      await this.#storage.storeSenderKey(name, record.with(state));
    });
  }

  /**
   * Encrypts for everybody who was told the key.
   * @throws SessionError when there is no key: announce it first
   */
  encrypt(name: string, plaintext: Uint8Array): Promise<Buffer> {
    return inTurn(this.#storage, name, async () => {
      const record = await this.#storage.loadSenderKey(name);
      const own = record?.own;
      if (!record || !own?.signing) throw new SessionError('No session to encrypt message');
      const { seed, chain } = step(own.chain);
      const keys = cipherOf(seed);
      const ciphertext = encryptAes(keys.cipherKey, keys.iv, plaintext);
      wipe(seed, keys.all);
      const signed = writeSenderKeyMessage({ id: own.id, iteration: own.chain.next, ciphertext });
      const message = Buffer.concat([signed, signatureOf(own.signing, signed)]);
      await this.#storage.storeSenderKey(name, record.with({ ...own, chain }));
      return message;
    });
  }

  /**
   * Decrypts what a device wrote; a message that fails changes nothing.
   * @throws MessageCounterError when it came before
   * @throws SessionError when its key was never announced
   */
  decrypt(name: string, bytes: Uint8Array): Promise<Buffer> {
    return inTurn(this.#storage, name, async () => {
      const { message, signed, signature } = readSenderKeyMessage(bytes);
      const record = await this.#storage.loadSenderKey(name);
      const state = record?.state(message.id);
      if (!record || !state) throw new SessionError('No session found to decrypt message');
      if (!verify(state.signingKey, signed, signature)) throw new SignalError('Invalid signature!');
      if (message.iteration < state.since)
        throw new SessionError('Message from before its key was announced');
      const seed = seedFor(state.chain, state.skipped, message.iteration, leapMax);
      const plaintext = decipher(seed, message.ciphertext);
      await this.#storage.storeSenderKey(name, record.with(after(state, message.iteration)));
      return plaintext;
    });
  }
}

function newState(): SenderKeyState {
  const { seed, publicKey } = generateSigner();
  return {
    id: randomInt(2 ** 31 - 1),
    since: 0,
    chain: { next: 0, key: randomBytes(32) },
    skipped: SkippedKeys.none,
    signingKey: publicKey,
    signing: { kind: 'seed', key: seed },
  };
}

function signatureOf({ kind, key }: Signing, signed: Uint8Array): Buffer {
  return kind === 'seed' ? signWithSeed(key, signed) : sign(key, signed);
}

function after(state: SenderKeyState, counter: number): SenderKeyState {
  const { chain, skipped } = state;
  if (counter < chain.next) return { ...state, skipped: skipped.without(counter) };
  return { ...state, ...advance(chain, skipped, counter) };
}

function decipher(seed: Buffer, ciphertext: Uint8Array): Buffer {
  const keys = cipherOf(seed);
  try {
    return decryptAes(keys.cipherKey, keys.iv, ciphertext);
  } catch {
    throw new SignalError('Bad padding');
  } finally {
    wipe(seed, keys.all);
  }
}

function cipherOf(seed: Uint8Array): { iv: Buffer; cipherKey: Buffer; all: Buffer } {
  const all = hkdf(seed, info, 48);
  return { iv: all.subarray(0, 16), cipherKey: all.subarray(16), all };
}
