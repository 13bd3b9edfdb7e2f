import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { isSigned } from './native-signatures.ts';

const ofBaileys = createRequire(createRequire(import.meta.url).resolve('baileys'));
const libsignal = ofBaileys('libsignal/src/curve.js') as {
  generateKeyPair(): { pubKey: Buffer; privKey: Buffer };
  calculateSignature(key: Buffer, message: Buffer): Buffer;
  verifySignature(key: Buffer, message: Buffer, signature: Buffer): boolean;
};

/** The library's own judge, loaded once more without ours. */
function plainVerify(): typeof isSigned {
  const ofLibsignal = createRequire(ofBaileys.resolve('libsignal'));
  const path = ofLibsignal.resolve('curve25519-js');
  const loaded = ofLibsignal.cache[path];
  delete ofLibsignal.cache[path];
  const { verify } = ofLibsignal(path) as { verify: typeof isSigned };
  ofLibsignal.cache[path] = loaded;
  return verify;
}

test('a signature counts exactly when the library’s own judge takes it', () => {
  const plain = plainVerify();
  expect(plain).not.toBe(isSigned);
  for (let n = 0; n < 4; n++) {
    const { pubKey, privKey } = libsignal.generateKeyPair();
    const key = pubKey.subarray(1);
    const message = randomBytes(n * 70);
    const signature = libsignal.calculateSignature(privKey, message);
    const other = libsignal.generateKeyPair().pubKey.subarray(1);
    const flipped = (bytes: Buffer, at: number) => Buffer.from(bytes.with(at, (bytes[at] ?? 0) ^ 1));
    const cases: [boolean, Buffer, Buffer, Buffer][] = [
      [true, key, message, signature],
      [false, other, message, signature],
      [false, key, Buffer.concat([message, Buffer.from('x')]), signature],
      [false, key, message, flipped(signature, 0)],
      [false, key, message, flipped(signature, 32)],
      [false, key, message, Buffer.from(signature.with(63, (signature[63] ?? 0) ^ 128))],
      [false, Buffer.alloc(32, n), message, signature],
    ];
    for (const [expected, ...asked] of cases) {
      expect([isSigned(...asked), plain(...asked)]).toEqual([expected, expected]);
    }
  }
});

test('libsignal asks Node: two hundred signatures of one sender take less than a second', () => {
  const { pubKey, privKey } = libsignal.generateKeyPair();
  const message = randomBytes(200);
  const signature = libsignal.calculateSignature(privKey, message);
  const { user: before } = process.cpuUsage();
  for (let n = 0; n < 200; n++) expect(libsignal.verifySignature(pubKey, message, signature)).toBe(true);
  // In plain JavaScript it is some three.
  expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(1);
});
