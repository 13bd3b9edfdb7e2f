import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What the keys of each kind of file are derived with. */
const LABELS = {
  image: 'WhatsApp Image Keys',
  video: 'WhatsApp Video Keys',
  audio: 'WhatsApp Audio Keys',
  document: 'WhatsApp Document Keys',
  sticker: 'WhatsApp Image Keys',
  'thumbnail-link': 'WhatsApp Link Thumbnail Keys',
  'md-msg-hist': 'WhatsApp History Keys',
  'md-app-state': 'WhatsApp App State Keys',
} as const;

/** Kinds of files that are encrypted. Voice is `audio`; GIFs and round videos are `video`. */
export type CipherKind = keyof typeof LABELS;

const KEY_BYTES = 32;
const IV_BYTES = 16;
const MAC_BYTES = 10;

/** A file is not what its message says it is. */
export class MediaDamaged extends Error {}

/** An encrypted file and what a message must say of it. */
export interface EncryptedMedia {
  readonly mediaKey: Buffer;
  /** Ciphertext with its MAC: what goes over the wire. */
  readonly file: Buffer;
  readonly fileSha256: Buffer;
  readonly fileEncSha256: Buffer;
  /** Size of the plain file in bytes. */
  readonly fileLength: number;
}

function keysOf(kind: CipherKind, mediaKey: Uint8Array) {
  const bytes = hkdfSync('sha256', mediaKey, Buffer.alloc(0), LABELS[kind], IV_BYTES + 2 * KEY_BYTES);
  const all = Buffer.from(bytes);
  return {
    iv: all.subarray(0, IV_BYTES),
    cipher: all.subarray(IV_BYTES, IV_BYTES + KEY_BYTES),
    mac: all.subarray(IV_BYTES + KEY_BYTES),
  };
}

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Encrypts a file under a fresh key, or under the one given. */
export function encryptMedia(
  plain: Uint8Array,
  kind: CipherKind,
  mediaKey = randomBytes(KEY_BYTES),
): EncryptedMedia {
  const { iv, cipher, mac } = keysOf(kind, mediaKey);
  const aes = createCipheriv('aes-256-cbc', cipher, iv);
  const ciphertext = Buffer.concat([aes.update(plain), aes.final()]);
  const seal = createHmac('sha256', mac).update(iv).update(ciphertext).digest().subarray(0, MAC_BYTES);
  const file = Buffer.concat([ciphertext, seal]);
  return {
    mediaKey,
    file,
    fileSha256: sha256(plain),
    fileEncSha256: sha256(file),
    fileLength: plain.length,
  };
}

/** The plain file. Throws MediaDamaged when the MAC is wrong, or the SHA-256 that the message promises. */
export function decryptMedia(
  file: Uint8Array,
  kind: CipherKind,
  mediaKey: Uint8Array,
  fileSha256?: Uint8Array | null,
): Buffer {
  const { iv, cipher, mac } = keysOf(kind, mediaKey);
  const ciphertext = file.subarray(0, -MAC_BYTES);
  const seal = createHmac('sha256', mac).update(iv).update(ciphertext).digest().subarray(0, MAC_BYTES);
  if (!seal.equals(file.subarray(-MAC_BYTES))) throw new MediaDamaged('the MAC of the file is wrong');
  const plain = decipher(ciphertext, cipher, iv);
  if (fileSha256 && fileSha256.length > 0 && !sha256(plain).equals(fileSha256)) {
    throw new MediaDamaged('the SHA-256 of the file is not the one in the message');
  }
  return plain;
}

/** Whoever has the key can seal anything, so a true MAC does not promise whole blocks and padding. */
function decipher(ciphertext: Uint8Array, key: Buffer, iv: Buffer): Buffer {
  const aes = createDecipheriv('aes-256-cbc', key, iv);
  try {
    return Buffer.concat([aes.update(ciphertext), aes.final()]);
  } catch (cause) {
    throw new MediaDamaged('it is not what AES-256-CBC gives', { cause });
  }
}
