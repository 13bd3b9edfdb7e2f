import { expect, test } from 'vitest';
import { agree, publicKeyOf, x25519 } from '../src/curve/key-pair.ts';
import { bytesOf, numberOf, typedPublicKey } from '../src/curve/public-key.ts';
import { signWithSeed } from '../src/curve/signer.ts';
import { verify } from '../src/curve/verify.ts';
import { hkdf } from '../src/kdf.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const counting = (from: number, to: number) =>
  Buffer.from(Array.from({ length: to - from }, (_, n) => from + n));

test.for([
  [
    'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
    'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
    'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
  ],
  [
    '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
    'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
    '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
  ],
])('X25519 of RFC 7748, 5.2: %s', ([scalar = '', u = '', result]) => {
  expect(x25519(hex(scalar), hex(u)).toString('hex')).toBe(result);
});

test('X25519 once and a thousand times over, as RFC 7748, 5.2 says', () => {
  let [k, u] = [bytesOf(9n), bytesOf(9n)];
  const after = (times: number) => {
    for (let n = 0; n < times; n++) [k, u] = [x25519(k, u), k];
    return k.toString('hex');
  };
  expect(after(1)).toBe('422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079');
  expect(after(999)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
});

test('agreement of RFC 7748, 6.1, from either side', () => {
  const alice = hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
  const bob = hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
  const ofAlice = typedPublicKey(hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'));
  const ofBob = typedPublicKey(hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'));
  const secret = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
  expect([publicKeyOf(alice), publicKeyOf(bob)]).toEqual([ofAlice, ofBob]);
  expect(x25519(alice, ofBob.subarray(1)).toString('hex')).toBe(secret);
  expect(agree({ privKey: bob, pubKey: ofBob }, ofAlice).toString('hex')).toBe(secret);
});

test.for([
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
      '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
])('Ed25519 of RFC 8032, 7.1, by the key for agreeing: %s', ([seed = '', point = '', message = '', sig]) => {
  const signature = signWithSeed(hex(seed), hex(message));
  expect(signature.toString('hex')).toBe(sig);
  const last = signature.readUInt8(63) | (hex(point).readUInt8(31) & 128);
  const signed = Buffer.from(signature.with(63, last));
  const key = montgomeryOf(hex(point));
  expect(verify(key, hex(message), signed)).toBe(true);
  expect(verify(key, hex(`${message}00`), signed)).toBe(false);
  expect(verify(key, hex(message), Buffer.from(signed.with(63, last ^ 128)))).toBe(false);
});

test.for([
  [
    Buffer.alloc(22, 0x0b),
    counting(0x00, 0x0d),
    counting(0xf0, 0xfa),
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  ],
  [
    counting(0x00, 0x50),
    counting(0x60, 0xb0),
    counting(0xb0, 0x100),
    'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da' +
      '3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  ],
  [
    Buffer.alloc(22, 0x0b),
    undefined,
    Buffer.alloc(0),
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  ],
] as const)('HKDF of RFC 5869, appendix A, case %#', ([secret, salt, info, result]) => {
  expect(hkdf(secret, info, result.length / 2, salt).toString('hex')).toBe(result);
});

/** The key for agreeing of an Ed25519 point: u = (1 + y) / (1 - y). */
function montgomeryOf(point: Buffer): Buffer {
  const prime = 2n ** 255n - 19n;
  const y = numberOf(point) & (2n ** 255n - 1n);
  let [inverse, square] = [1n, (1n - y + prime) % prime];
  for (let left = prime - 2n; left > 0n; left >>= 1n) {
    if (left & 1n) inverse = (inverse * square) % prime;
    square = (square * square) % prime;
  }
  return typedPublicKey(bytesOf(((1n + y) * inverse) % prime));
}
