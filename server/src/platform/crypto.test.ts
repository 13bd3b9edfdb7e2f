import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVault, decodeKey, loadMasterKey } from './crypto.ts';

const vault = createVault(Buffer.alloc(32, 7));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mwa-key-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([0, 1, 15, 16, 17, 100_000])('%i sealed bytes open again, and never look alike twice', (size) => {
  const plain = randomBytes(size);
  const sealed = vault.seal(plain, 'place');
  expect(vault.open(sealed, 'place')).toEqual(plain);
  expect(vault.seal(plain, 'place')).not.toEqual(sealed);
  if (size > 15) expect(sealed.includes(plain)).toBe(false);
});

test('text of any script opens as it was', () => {
  const text = 'Grüße, привет, 你好 🍞';
  expect(vault.openText(vault.sealText(text, 'a'), 'a')).toBe(text);
});

test('moved, opened with another key, or changed in any byte, a value does not open', () => {
  const sealed = vault.sealText('secret', 'profile/1');
  expect(() => vault.openText(sealed, 'profile/2')).toThrow();
  expect(() => createVault(Buffer.alloc(32, 8)).openText(sealed, 'profile/1')).toThrow();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => vault.openText(changed, 'profile/1'), `byte ${at}`).toThrow();
    expect(() => vault.openText(sealed.subarray(0, at), 'profile/1'), `cut at ${at}`).toThrow();
  }
});

test('keys for other purposes differ from each other, and the fingerprint tells keys apart', () => {
  expect(vault.derive('tokens')).not.toEqual(vault.derive('at-rest'));
  expect(vault.derive('tokens')).toEqual(createVault(Buffer.alloc(32, 7)).derive('tokens'));
  expect(vault.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  expect(vault.fingerprint).not.toBe(createVault(Buffer.alloc(32, 8)).fingerprint);
});

const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at * 8));
test.each([
  ['hex', key.toString('hex')],
  ['upper-case hex', key.toString('hex').toUpperCase()],
  ['base64', key.toString('base64')],
  ['base64 without padding', key.toString('base64').replace('=', '')],
  ['base64url', key.toString('base64url')],
])('a key written as %s is read', (_, text) => {
  expect(decodeKey(text)).toEqual(key);
});

test.each([
  ['nothing', ''],
  ['too short', key.toString('base64').slice(0, 40)],
  ['too long', randomBytes(33).toString('base64')],
  ['63 hex digits', key.toString('hex').slice(1)],
  [
    'base64 with a stranger in it',
    `${key.toString('base64').slice(0, 20)}!${key.toString('base64').slice(20)}`,
  ],
  ['a sentence', 'this is my very secret key, please do not tell anyone about it'],
])('a key that is %s is refused', (_, text) => {
  expect(() => decodeKey(text)).toThrow(/32 bytes/);
});

test('without a setting a key is made once, for its owner alone, and found again', () => {
  const made = loadMasterKey(undefined, join(folder, 'data'));
  expect(made.length).toBe(32);
  expect(loadMasterKey(undefined, join(folder, 'data'))).toEqual(made);
  expect(statSync(join(folder, 'data', 'encryption-key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'data'))).toEqual(['encryption-key']);
  expect(readFileSync(join(folder, 'data', 'encryption-key'), 'utf8').trim()).toBe(made.toString('hex'));
});

test('a damaged key file stops the start, names the file and stays as it is', () => {
  const path = join(folder, 'encryption-key');
  writeFileSync(path, '');
  expect(() => loadMasterKey(undefined, folder)).toThrow(path);
  expect(readFileSync(path, 'utf8')).toBe('');
});
