import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, randomInt } from 'node:crypto';
import { proto } from 'baileys';
import { type Identity, identityFromSeed } from '../keys.ts';
import type { PhoneKeyStore } from './key-store.ts';
import { isProved } from './proved.ts';

const VERSION = Buffer.from([0x33]);
const SIGNATURE_BYTES = 64;
const MESSAGE_KEY = Buffer.from([1]);
const CHAIN_KEY = Buffer.from([2]);
const SKIPPED_MAX = 2000;
const STATES_MAX = 5;
const INFO = Buffer.from('WhisperGroup');

/** What a phone writes into a chat with; `holders` are the devices that have been given it. */
interface OwnKey {
  readonly keyId: number;
  readonly signingSeed: Buffer;
  iteration: number;
  chain: Buffer;
  holders: string[];
}

/** What somebody else's device writes into a chat with. */
interface OthersKey {
  readonly keyId: number;
  readonly signingKey: Buffer;
  iteration: number;
  chain: Buffer;
  /** Seeds of messages that were overtaken. */
  skipped: { iteration: number; seed: Buffer }[];
}

function derive(chain: Buffer, purpose: Buffer): Buffer {
  return createHmac('sha256', chain).update(purpose).digest();
}

function cipherOf(seed: Buffer): { iv: Buffer; key: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', seed, Buffer.alloc(32), INFO, 48));
  return { iv: bytes.subarray(0, 16), key: bytes.subarray(16) };
}

/**
 * Signal's sender keys of one phone: in a group each device has one key for all, which the others are given once. The
 * formats are Signal's; it is written out here because a group's key and its holders are kept as one.
 */
export class SenderKeys {
  readonly #keys: PhoneKeyStore;
  readonly #signers = new Map<string, { keyId: number; identity: Identity }>();

  constructor(keys: PhoneKeyStore) {
    this.#keys = keys;
  }

  /**
   * Makes sure that every one of `devices` can read what is written next. Gives those that must be sent `announcement`
   * first. Whoever is not among the devices any more can't read on: then the key is a new one.
   */
  share(chat: string, devices: string[]): { missing: string[]; announcement: proto.IMessage } {
    const known = this.#keys.get<OwnKey>('own-sender-key', chat);
    const current = new Set(devices);
    const own = known?.holders.every((holder) => current.has(holder)) ? known : newKey();
    const holders = new Set(own.holders);
    const missing = devices.filter((device) => !holders.has(device));
    this.#keys.set('own-sender-key', chat, { ...own, holders: devices });
    return { missing, announcement: this.#announcement(chat, own) };
  }

  /** What a single device must be told to read what this phone writes; undefined when it has written nothing. */
  announcement(chat: string): proto.IMessage | undefined {
    const own = this.#keys.get<OwnKey>('own-sender-key', chat);
    return own && this.#announcement(chat, own);
  }

  /** Encrypts for everybody who has been given the key; `share` comes first. */
  encrypt(chat: string, plain: Uint8Array): Buffer {
    const own = this.#keys.get<OwnKey>('own-sender-key', chat);
    if (!own) throw new Error(`no sender key for ${chat}`);
    const { iv, key } = cipherOf(derive(own.chain, MESSAGE_KEY));
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
    const body = proto.SenderKeyMessage.encode({
      id: own.keyId,
      iteration: own.iteration,
      ciphertext,
    }).finish();
    const signed = Buffer.concat([VERSION, body]);
    const next = { ...own, iteration: own.iteration + 1, chain: derive(own.chain, CHAIN_KEY) };
    this.#keys.set('own-sender-key', chat, next);
    return Buffer.concat([signed, this.#signer(chat, own).sign(signed)]);
  }

  /** Takes the key that a device (`author`, any stable name) announced. Throws when it is malformed. */
  accept(chat: string, author: string, announced: Uint8Array): void {
    const { id, iteration, chainKey, signingKey } = proto.SenderKeyDistributionMessage.decode(
      announced.subarray(1),
    );
    if (chainKey?.length !== 32 || !signingKey || signingKey.length < 32)
      throw new Error('malformed sender key');
    const states = this.#states(chat, author);
    const same = states.find((state) => state.keyId === id && state.signingKey.equals(signingKey));
    // A key announced again is where it was when first heard of, or further on: what was skipped stays readable.
    if (same && same.iteration <= (iteration ?? 0)) return;
    const state: OthersKey = {
      keyId: id ?? 0,
      signingKey: Buffer.from(signingKey),
      iteration: iteration ?? 0,
      chain: Buffer.from(chainKey),
      skipped: same?.skipped ?? [],
    };
    const others = states.filter((each) => each !== same);
    this.#keys.set('sender-key', `${chat} ${author}`, [state, ...others].slice(0, STATES_MAX));
  }

  /** Decrypts what a device wrote; throws when its key is unknown, was used before, or the signature is not true. */
  decrypt(chat: string, author: string, message: Uint8Array): Buffer {
    const signed = message.subarray(0, message.length - SIGNATURE_BYTES);
    const { id, iteration, ciphertext } = proto.SenderKeyMessage.decode(signed.subarray(1));
    const states = this.#states(chat, author);
    const state = states.find((each) => each.keyId === id);
    if (!state) throw new Error('no sender key for this message');
    if (!isProved(state.signingKey, signed, message.subarray(-SIGNATURE_BYTES))) {
      throw new Error('sender key signature is not true');
    }
    const { iv, key } = cipherOf(seedFor(state, iteration ?? 0));
    const decipher = createDecipheriv('aes-256-cbc', key, iv);
    const plain = Buffer.concat([decipher.update(ciphertext ?? Buffer.alloc(0)), decipher.final()]);
    this.#keys.set('sender-key', `${chat} ${author}`, states);
    return plain;
  }

  #states(chat: string, author: string): OthersKey[] {
    const states = this.#keys.get<OthersKey[]>('sender-key', `${chat} ${author}`) ?? [];
    return states.map((state) => ({ ...state, skipped: [...state.skipped] }));
  }

  #announcement(chat: string, own: OwnKey): proto.IMessage {
    const { public: key } = this.#signer(chat, own);
    const signingKey = Buffer.concat([Buffer.from([5]), key]);
    const { keyId: id, iteration, chain: chainKey } = own;
    const body = proto.SenderKeyDistributionMessage.encode({ id, iteration, chainKey, signingKey }).finish();
    const axolotlSenderKeyDistributionMessage = Buffer.concat([VERSION, body]);
    return { senderKeyDistributionMessage: { groupId: chat, axolotlSenderKeyDistributionMessage } };
  }

  #signer(chat: string, own: OwnKey): Identity {
    const known = this.#signers.get(chat);
    if (known?.keyId === own.keyId) return known.identity;
    const identity = identityFromSeed(own.signingSeed);
    this.#signers.set(chat, { keyId: own.keyId, identity });
    return identity;
  }
}

function newKey(): OwnKey {
  const [chain, signingSeed] = [randomBytes(32), randomBytes(32)];
  return { keyId: randomInt(2 ** 31 - 1), signingSeed, iteration: 0, chain, holders: [] };
}

/** The seed of one message; the chain moves on past it, and seeds of messages before it are kept. */
function seedFor(state: OthersKey, iteration: number): Buffer {
  if (iteration < state.iteration) {
    const index = state.skipped.findIndex((each) => each.iteration === iteration);
    const [skipped] = index < 0 ? [] : state.skipped.splice(index, 1);
    if (!skipped) throw new Error(`message ${iteration} was read before`);
    return skipped.seed;
  }
  if (iteration - state.iteration > SKIPPED_MAX) throw new Error('message is too far ahead');
  while (state.iteration < iteration) {
    state.skipped.push({ iteration: state.iteration, seed: derive(state.chain, MESSAGE_KEY) });
    advance(state);
  }
  const seed = derive(state.chain, MESSAGE_KEY);
  advance(state);
  if (state.skipped.length > SKIPPED_MAX) state.skipped.splice(0, state.skipped.length - SKIPPED_MAX);
  return seed;
}

function advance(state: OthersKey): void {
  state.chain = derive(state.chain, CHAIN_KEY);
  state.iteration += 1;
}
