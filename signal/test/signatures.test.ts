import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { bytesOf, typedPublicKey } from '../src/curve/public-key.ts';
import { generateSigner, signWithSeed } from '../src/curve/signer.ts';
import { agree, generateKeyPair, sign, verify } from '../src/index.ts';
import { replaced } from './replaced.ts';

const flipped = (bytes: Buffer, at: number, bit = 1) => Buffer.from(bytes.with(at, (bytes[at] ?? 0) ^ bit));

test('what either library signs, the other verifies, and nothing else', () => {
  for (let n = 0; n < 3; n++) {
    const [ours, theirs] = [generateKeyPair(), replaced.curve.generateKeyPair()];
    const message = randomBytes(n * 150);
    for (const { pubKey, privKey } of [ours, theirs]) {
      for (const signature of [
        sign(privKey, message),
        replaced.curve.calculateSignature(privKey, message) as Buffer,
      ]) {
        const judged = (key: Buffer, said: Buffer, by: Buffer) =>
          [verify(key, said, by), replaced.curve.verifySignature(key, said, by)] as const;
        expect(judged(pubKey, message, Buffer.from(signature))).toEqual([true, true]);
        for (const wrong of [0, 40].map((at) => flipped(Buffer.from(signature), at))) {
          expect(judged(pubKey, message, wrong)).toEqual([false, false]);
        }
        expect(judged(pubKey, message, flipped(Buffer.from(signature), 63, 128))).toEqual([false, false]);
        expect(judged(pubKey, Buffer.concat([message, Buffer.from('x')]), signature)).toEqual([false, false]);
        expect(judged(generateKeyPair().pubKey, message, signature)).toEqual([false, false]);
      }
    }
  }
});

test('both libraries agree with each other on the same secret', () => {
  for (let n = 0; n < 20; n++) {
    const [ours, theirs] = [generateKeyPair(), replaced.curve.generateKeyPair()];
    const secret = agree(ours, theirs.pubKey);
    expect(replaced.curve.calculateAgreement(ours.pubKey, theirs.privKey)).toEqual(secret);
    expect(replaced.curve.calculateAgreement(theirs.pubKey, ours.privKey)).toEqual(secret);
    expect(agree(theirs, ours.pubKey)).toEqual(secret);
  }
});

test('signatures made with a seed are verified by the other library too', () => {
  for (let n = 0; n < 20; n++) {
    const { seed, publicKey } = generateSigner();
    const signature = signWithSeed(seed, Buffer.from(`message ${n}`));
    expect(replaced.curve.verifySignature(publicKey, Buffer.from(`message ${n}`), signature)).toBe(true);
    expect(verify(publicKey, Buffer.from(`message ${n}`), signature)).toBe(true);
  }
});

test('a signature never repeats, and its point is always the even one', () => {
  const { privKey } = generateKeyPair();
  const made = Array.from({ length: 50 }, () => sign(privKey, Buffer.from('the same')));
  expect(new Set(made.map((signature) => signature.toString('hex'))).size).toBe(50);
  expect(made.every((signature) => signature.readUInt8(63) < 128)).toBe(true);
});

test('two hundred signatures of one sender are judged in less than a second', () => {
  const { pubKey, privKey } = generateKeyPair();
  const message = randomBytes(200);
  const signature = sign(privKey, message);
  const { user: before } = process.cpuUsage();
  for (let n = 0; n < 200; n++) expect(verify(pubKey, message, signature)).toBe(true);
  // In plain JavaScript it is some three.
  expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(1);
});

const prime = 2n ** 255n - 19n;
const lowOrder = [
  0n,
  1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
  prime - 1n,
];

test.for([
  ...lowOrder.map((u) => ['of low order', u] as const),
  ...[0n, 1n, 18n].map((u) => ['not canonical', prime + u] as const),
  ['with its highest bit set', 2n ** 255n + 9n] as const,
])('a point %s is no public key (%#)', ([, u]) => {
  const key = typedPublicKey(bytesOf(u));
  expect(() => agree(generateKeyPair(), key)).toThrow('Invalid public key');
  expect(verify(key, Buffer.from('x'), Buffer.alloc(64))).toBe(false);
});

test('keys and signatures of another length are refused', () => {
  const pair = generateKeyPair();
  for (const key of [Buffer.alloc(0), pair.pubKey.subarray(2), Buffer.alloc(33, 6), Buffer.alloc(34, 5)]) {
    expect(() => agree(pair, key)).toThrow('Invalid public key');
    expect(verify(key, Buffer.from('x'), Buffer.alloc(64))).toBe(false);
  }
  expect(verify(pair.pubKey, Buffer.from('x'), Buffer.alloc(63))).toBe(false);
  expect(() => sign(Buffer.alloc(31), Buffer.from('x'))).toThrow('Invalid private key');
});
