import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const version = 1;
const ivBytes = 12;
const tagBytes = 16;
const keyName = 'encryption-key';

/** Encrypts secrets at rest. `context` binds a value to its row: copied to another one it no longer opens. */
export interface Vault {
  readonly fingerprint: string;
  seal(plaintext: Uint8Array, context: string): Buffer;
  open(sealed: Uint8Array, context: string): Buffer;
  sealText(text: string, context: string): Buffer;
  openText(sealed: Uint8Array, context: string): string;
  /** A key for another purpose; neither key can be computed from the other. */
  derive(purpose: string, bytes?: number): Buffer;
}

/**
 * A vault over a 32-byte master key: AES-256-GCM, `version(1) iv(12) tag(16) ciphertext`.
 * `open` throws when the key, the context or a byte differs.
 */
export function createVault(masterKey: Uint8Array): Vault {
  const derive = (purpose: string, bytes = 32) =>
    Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `multiwa/${purpose}`, bytes));
  const key = derive('at-rest');
  const seal = (plaintext: Uint8Array, context: string): Buffer => {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
    const body = cipher.update(plaintext);
    const last = cipher.final();
    return Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), body, last]);
  };
  const open = (sealed: Uint8Array, context: string): Buffer => {
    if (sealed[0] !== version || sealed.length < 1 + ivBytes + tagBytes)
      throw new Error('not a sealed value');
    const iv = sealed.subarray(1, 1 + ivBytes);
    const tag = sealed.subarray(1 + ivBytes, 1 + ivBytes + tagBytes);
    const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context)).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(1 + ivBytes + tagBytes)), decipher.final()]);
  };
  return {
    fingerprint: createHash('sha256').update(derive('fingerprint')).digest('hex').slice(0, 16),
    seal,
    open,
    sealText: (text, context) => seal(Buffer.from(text, 'utf8'), context),
    openText: (sealed, context) => open(sealed, context).toString('utf8'),
    derive,
  };
}

/**
 * The master key: `ENCRYPTION_KEY` (64 hex digits or 44 base64 characters) or one generated once into
 * `<dataDir>/encryption-key`, readable by its owner alone.
 */
export function loadMasterKey(setting: string | undefined, dataDir: string): Buffer {
  const key = findMasterKey(setting, dataDir);
  if (key) return key;
  keepKey(dataDir, randomBytes(32));
  return loadMasterKey(setting, dataDir);
}

/** The master key, if there is one: from `ENCRYPTION_KEY`, else from the data folder. */
export function findMasterKey(setting: string | undefined, dataDir: string): Buffer | undefined {
  if (setting) return decodeKey(setting);
  const path = join(dataDir, keyName);
  if (!existsSync(path)) return undefined;
  const key = keyOf(readFileSync(path, 'utf8').trim());
  if (key) return key;
  throw new Error(`${path} is damaged: it must hold the 32-byte key, written as 64 hex digits. Restore it.`);
}

/** Writes the key to disk before anything is sealed with it: without it all sealed values are lost. An existing key stays. */
export function keepKey(dataDir: string, key: Buffer): void {
  mkdirSync(dataDir, { recursive: true });
  try {
    const text = `${key.toString('hex')}\n`;
    writeFileSync(join(dataDir, keyName), text, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const folder = openSync(dataDir, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** Reads a 32-byte key written as 64 hex digits or as base64; anything else is refused with a sentence. */
export function decodeKey(text: string): Buffer {
  const key = keyOf(text);
  if (key) return key;
  throw new Error('ENCRYPTION_KEY must be 32 bytes, written as 64 hex digits or as base64.');
}

function keyOf(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
