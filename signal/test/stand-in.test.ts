import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { x25519 } from '../src/curve/key-pair.ts';
import { generateKeyPair } from '../src/index.ts';
import { calculateAgreement } from '../stand-in/curve.ts';
import { replaced } from './replaced.ts';

const standIn = join(import.meta.dirname, '../stand-in');
const { exports: doors } = JSON.parse(readFileSync(join(standIn, 'package.json'), 'utf8')) as {
  exports: Record<string, string>;
};

/** What Baileys imports of each module of the package, by the module's name. */
function imported(): Map<string, Set<string>> {
  const lib = dirname(createRequire(import.meta.url).resolve('baileys'));
  const found = new Map<string, Set<string>>();
  for (const name of readdirSync(lib, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue;
    const text = readFileSync(join(lib, name), 'utf8');
    for (const [, what = '', module = ''] of text.matchAll(/import (.+?) from '(libsignal[^']*)'/g)) {
      const names = found.get(module) ?? new Set();
      found.set(module, names);
      const [, as] = /^\* as (\w+)$/.exec(what) ?? [];
      const used = as
        ? [...text.matchAll(new RegExp(`\\b${as}\\.(\\w+)\\b`, 'g'))].map(([, one = '']) => one)
        : what.replace(/[{}\s]/g, '').split(',');
      for (const one of used) if (one !== 'js') names.add(one);
    }
  }
  return found;
}

test('what was read with a wrong pairing code agrees, so that the phone can refuse it', () => {
  const { privKey } = generateKeyPair();
  for (let n = 0; n < 20; n++) {
    const read = randomBytes(32);
    read[31] = 128 + n;
    expect(calculateAgreement(read, privKey)).toEqual(x25519(privKey, read));
  }
  expect(() => calculateAgreement(Buffer.alloc(32), privKey)).toThrow('Invalid public key');
  expect(() => calculateAgreement(randomBytes(31), privKey)).toThrow('Invalid public key');
});

test('the stand-in has what Baileys imports, and nothing else', async () => {
  const wanted = imported();
  expect(wanted.size).toBe(4);
  for (const [module, names] of wanted) {
    const path = doors[module.replace('libsignal', '.')] ?? 'missing';
    const offered = (await import(join(standIn, path))) as Record<string, unknown>;
    expect(Object.keys(offered).sort(), module).toEqual([...names].sort());
  }
});

test('its primitives answer as those of the package it stands in for', async () => {
  const ours = (await import('../stand-in/crypto.ts')) as unknown as typeof replaced.crypto;
  const [key, salt, iv] = [Buffer.alloc(32, 3), Buffer.alloc(32, 4), Buffer.alloc(16, 5)];
  const [info, text] = [Buffer.from('info'), Buffer.from('a text')];
  for (const made of [ours, replaced.crypto]) {
    expect(made.deriveSecrets(key, salt, info)).toEqual(ours.deriveSecrets(key, salt, info));
    expect(made.calculateMAC(key, text)).toEqual(ours.calculateMAC(key, text));
    expect(made.encrypt(key, text, iv)).toEqual(ours.encrypt(key, text, iv));
    expect(made.decrypt(key, ours.encrypt(key, text, iv), iv)).toEqual(text);
  }
});

test('what can’t be a signature or a key throws, since Baileys looks at nothing else', async () => {
  const { verifySignature } = await import('../stand-in/curve.ts');
  const { pubKey } = generateKeyPair();
  expect(verifySignature(pubKey, Buffer.from('x'), Buffer.alloc(64))).toBe(false);
  expect(() => verifySignature(pubKey, Buffer.from('x'), Buffer.alloc(63))).toThrow('Invalid signature');
  expect(() => verifySignature(Buffer.alloc(33), Buffer.from('x'), Buffer.alloc(64))).toThrow(
    'Invalid public key',
  );
});
