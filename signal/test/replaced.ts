import { createRequire } from 'node:module';

/** A session as the replaced library keeps it, as far as the proofs look into it. */
export interface OldRecord {
  _sessions: Record<string, { indexInfo: { used: number; closed: number } }>;
}

interface Kept {
  serialize(): OldRecord;
  haveOpenSession(): boolean;
}

interface Pair {
  pubKey: Buffer;
  privKey: Buffer;
}

/** What the proofs use of the library that this one replaces. */
export interface Replaced {
  SessionRecord: { deserialize(kept: OldRecord): Kept };
  SessionBuilder: new (storage: object, address: object) => { initOutgoing(bundle: object): Promise<void> };
  SessionCipher: new (
    storage: object,
    address: object,
  ) => {
    encrypt(plaintext: Buffer): Promise<{ type: 1 | 3; body: Buffer }>;
    decryptWhisperMessage(message: Buffer): Promise<Buffer>;
    decryptPreKeyWhisperMessage(message: Buffer): Promise<Buffer>;
  };
  ProtocolAddress: new (id: string, deviceId: number) => object;
  crypto: {
    deriveSecrets(secret: Buffer, salt: Buffer, info: Buffer): Buffer[];
    calculateMAC(key: Buffer, data: Buffer): Buffer;
    encrypt(key: Buffer, plaintext: Buffer, iv: Buffer): Buffer;
    decrypt(key: Buffer, ciphertext: Buffer, iv: Buffer): Buffer;
  };
  curve: {
    generateKeyPair(): Pair;
    calculateAgreement(publicKey: Buffer, privateKey: Buffer): Buffer;
    calculateSignature(privateKey: Buffer, message: Buffer): Buffer;
    verifySignature(publicKey: Buffer, message: Buffer, signature: Buffer): boolean;
  };
}

const require = createRequire(import.meta.url);

/** The library under the name that only these proofs know it by. */
export const replaced = require('replaced-libsignal') as Replaced;

/** It prints sessions with their private keys; what it says here is of no use to anybody. */
for (const method of ['info', 'warn', 'error'] as const) {
  const write = console[method].bind(console);
  console[method] = (...words: unknown[]) => {
    if (!(new Error().stack ?? '').includes('replaced-libsignal')) write(...words);
  };
}
