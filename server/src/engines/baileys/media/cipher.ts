import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { getMediaKeys, type MediaType } from 'baileys';
import { FileDamaged } from '../../port.ts';

/*
 * WhatsApp's files: AES-256-CBC and ten bytes of an HMAC-SHA256 over IV and ciphertext, keys by HKDF of a random key that
 * only the message tells. The library that writes them checks neither HMAC nor hash when it reads one, so a server could
 * hand us any bytes; and both ways it needs them in its own temporary folder.
 */

const macBytes = 10;

/** What a message tells of a file that lies at the network, beside where. */
export interface SealedFacts {
  mediaKey: Buffer;
  sha256: Buffer;
  encryptedSha256: Buffer;
  bytes: number;
}

/** Encrypts a file under a fresh key into a new file of this path; nothing of it is held in memory. */
export async function sealInto(path: string, source: Readable, type: MediaType): Promise<SealedFacts> {
  const mediaKey = randomBytes(32);
  const { cipherKey, iv, macKey } = await keysOf(mediaKey, type);
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const mac = createHmac('sha256', macKey).update(iv);
  const plain = createHash('sha256');
  const encrypted = createHash('sha256');
  let bytes = 0;
  const out = (part: Buffer) => {
    encrypted.update(part);
    mac.update(part);
    return part;
  };
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        plain.update(chunk);
        yield out(cipher.update(chunk));
      }
      yield out(cipher.final());
      const seal = mac.digest().subarray(0, macBytes);
      encrypted.update(seal);
      yield seal;
    },
    createWriteStream(path, { flags: 'wx', mode: 0o600 }),
  );
  return { mediaKey, sha256: plain.digest(), encryptedSha256: encrypted.digest(), bytes };
}

/**
 * The file inside what the network has, as it comes. Its end is reached only when HMAC and hash are right: what was read
 * before counts for nothing.
 * @throws FileDamaged
 */
export async function* unsealed(
  source: AsyncIterable<Uint8Array>,
  { mediaKey, sha256 }: { mediaKey: Uint8Array; sha256?: Uint8Array | undefined },
  type: MediaType,
): AsyncGenerator<Buffer> {
  const { cipherKey, iv, macKey } = await keysOf(mediaKey, type);
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  const mac = createHmac('sha256', macKey).update(iv);
  const plain = createHash('sha256');
  // What may be the end: large pieces are read where they lie, or every file would be copied once more.
  let tail: Uint8Array = Buffer.alloc(0);
  for await (const chunk of source) {
    const bodies: Uint8Array[] = chunk.length < macBytes ? [Buffer.concat([tail, chunk])] : [tail, chunk];
    const last = bodies.pop() ?? chunk;
    bodies.push(last.subarray(0, Math.max(0, last.length - macBytes)));
    tail = Buffer.from(last.subarray(Math.max(0, last.length - macBytes)));
    for (const body of bodies) {
      if (body.length === 0) continue;
      mac.update(body);
      const part = decipher.update(body);
      plain.update(part);
      if (part.length > 0) yield part;
    }
  }
  if (tail.length < macBytes || !timingSafeEqual(mac.digest().subarray(0, macBytes), tail)) {
    throw new FileDamaged('The file at WhatsApp is not the one that was sent.');
  }
  const last = finalOf(decipher);
  plain.update(last);
  if (sha256?.length && !plain.digest().equals(sha256)) {
    throw new FileDamaged('The file at WhatsApp is not the one that its message describes.');
  }
  if (last.length > 0) yield last;
}

/** The library's types leave the key of the HMAC open; it always makes one. */
async function keysOf(mediaKey: Uint8Array, type: MediaType) {
  const { macKey, ...keys } = await getMediaKeys(mediaKey, type);
  if (!macKey) throw new Error('no key for the HMAC of a file');
  return { ...keys, macKey };
}

function finalOf(decipher: { final(): Buffer }): Buffer {
  try {
    return decipher.final();
  } catch {
    throw new FileDamaged('The file at WhatsApp can’t be decrypted.');
  }
}
