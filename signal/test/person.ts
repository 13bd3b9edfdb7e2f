import { randomInt } from 'node:crypto';
import {
  generateKeyPair,
  type KeyPair,
  type PreKeyBundle,
  ProtocolAddress,
  SessionBuilder,
  SessionCipher,
  SessionRecord,
  type SignalStorage,
  sign,
} from '../src/index.ts';
import { type OldRecord, replaced } from './replaced.ts';

export type Library = 'ours' | 'old';

export interface Sealed {
  readonly type: 1 | 3;
  readonly body: Buffer;
}

/** Somebody with one device, whose sessions are kept as text or bytes from one step to the next. */
export class Person {
  readonly name: string;
  readonly library: Library;
  readonly identity: KeyPair = generateKeyPair();
  readonly signedPreKey: KeyPair = generateKeyPair();
  readonly preKeys = new Map<number, KeyPair>();
  readonly registrationId = randomInt(1, 16_000);
  #preKeyIds = 1;
  /** By address; the old library keeps JSON. */
  readonly kept = new Map<string, Uint8Array | string>();

  constructor(name: string, library: Library) {
    this.name = name;
    this.library = library;
  }

  get address(): string {
    return `${this.name}.0`;
  }

  /** What others need to open a session; with a prekey of its own unless there shall be none. */
  bundle(hasPreKey = true): PreKeyBundle {
    const keyId = this.#preKeyIds++;
    const preKey = generateKeyPair();
    if (hasPreKey) this.preKeys.set(keyId, preKey);
    const { identity, signedPreKey, registrationId } = this;
    return {
      registrationId,
      identityKey: identity.pubKey,
      signedPreKey: {
        keyId: 1,
        publicKey: signedPreKey.pubKey,
        signature: sign(identity.privKey, signedPreKey.pubKey),
      },
      ...(hasPreKey && { preKey: { keyId, publicKey: preKey.pubKey } }),
    };
  }

  /** Opens a session towards somebody, whatever was there before. */
  async open(to: Person, hasPreKey = true): Promise<void> {
    const bundle = to.bundle(hasPreKey);
    if (this.library === 'ours') {
      await new SessionBuilder(this.storage(), new ProtocolAddress(to.name, 0)).initOutgoing(bundle);
    } else {
      const address = new replaced.ProtocolAddress(to.name, 0);
      await new replaced.SessionBuilder(this.#oldStorage(), address).initOutgoing(bundle);
    }
  }

  async encrypt(to: Person, plaintext: Buffer): Promise<Sealed> {
    if (this.library === 'ours') {
      return new SessionCipher(this.storage(), new ProtocolAddress(to.name, 0)).encrypt(plaintext);
    }
    const address = new replaced.ProtocolAddress(to.name, 0);
    const { type, body } = await new replaced.SessionCipher(this.#oldStorage(), address).encrypt(plaintext);
    return { type, body: Buffer.from(body) };
  }

  async decrypt(from: Person, { type, body }: Sealed): Promise<Buffer> {
    if (this.library === 'ours') {
      const cipher = new SessionCipher(this.storage(), new ProtocolAddress(from.name, 0));
      return type === 3 ? cipher.decryptPreKeyWhisperMessage(body) : cipher.decryptWhisperMessage(body);
    }
    const cipher = new replaced.SessionCipher(this.#oldStorage(), new replaced.ProtocolAddress(from.name, 0));
    if (type === 3) return cipher.decryptPreKeyWhisperMessage(body);
    return this.#tryAlone(from, () => cipher.decryptWhisperMessage(body));
  }

  /** The record that is kept of somebody, if it is one of ours. */
  record(of: Person): SessionRecord {
    const kept = this.kept.get(of.address);
    if (typeof kept !== 'object') throw new Error('not a record of ours');
    return SessionRecord.deserialize(kept);
  }

  /** The name of the session that is written with. */
  currentBaseKey(of: Person): string {
    const kept = this.kept.get(of.address);
    if (typeof kept === 'object')
      return Buffer.from(this.record(of).current?.baseKey ?? []).toString('base64');
    const { _sessions } = JSON.parse(kept ?? '') as OldRecord;
    return Object.keys(_sessions).find((name) => _sessions[name]?.indexInfo.closed === -1) ?? '';
  }

  storage(): SignalStorage {
    return {
      ...this.#keys(),
      loadSession: (address) => {
        const kept = this.kept.get(address);
        if (kept === undefined) return undefined;
        return SessionRecord.deserialize(typeof kept === 'string' ? JSON.parse(kept) : kept);
      },
      storeSession: (address, record) => this.kept.set(address, record.serialize()),
    };
  }

  #oldStorage() {
    return {
      ...this.#keys(),
      loadSession: async (address: string) => {
        const kept = this.kept.get(address);
        return typeof kept === 'string' ? replaced.SessionRecord.deserialize(JSON.parse(kept)) : undefined;
      },
      storeSession: async (address: string, record: { serialize(): OldRecord }) => {
        this.kept.set(address, JSON.stringify(record.serialize()));
      },
    };
  }

  #keys() {
    return {
      isTrustedIdentity: () => true,
      loadPreKey: async (id: number) => this.preKeys.get(id),
      removePreKey: async (id: number) => {
        this.preKeys.delete(id);
      },
      loadSignedPreKey: () => this.signedPreKey,
      getOurIdentity: () => this.identity,
      getOurRegistrationId: () => this.registrationId,
    };
  }

  /** The old library spoils sessions that it tries in vain, so each is tried alone and on a copy. */
  async #tryAlone(from: Person, decrypt: () => Promise<Buffer>): Promise<Buffer> {
    const text = this.kept.get(from.address);
    if (typeof text !== 'string') return decrypt();
    const all = (JSON.parse(text) as OldRecord)._sessions;
    let refusal: unknown;
    for (const [name, session] of Object.entries(all)) {
      this.kept.set(from.address, JSON.stringify({ _sessions: { [name]: session }, version: 'v1' }));
      try {
        const plaintext = await decrypt();
        const { _sessions } = JSON.parse(String(this.kept.get(from.address))) as OldRecord;
        this.kept.set(from.address, JSON.stringify({ _sessions: { ...all, ..._sessions }, version: 'v1' }));
        return plaintext;
      } catch (error) {
        refusal = error;
        this.kept.set(from.address, text);
      }
    }
    throw refusal;
  }
}
