import { randomBytes } from 'node:crypto';
import { getMediaKeys } from 'baileys';
import { expect, test } from 'vitest';
import { type CipherKind, decryptMedia, encryptMedia, MediaDamaged } from './cipher.ts';

const KINDS: CipherKind[] = ['image', 'video', 'audio', 'document', 'sticker', 'md-msg-hist', 'md-app-state'];

test.each(KINDS)('what is encrypted as %s opens as that and as nothing else', (kind) => {
  const plain = randomBytes(1000);
  const { file, mediaKey, fileSha256, fileLength } = encryptMedia(plain, kind);
  expect(decryptMedia(file, kind, mediaKey, fileSha256)).toEqual(plain);
  expect(fileLength).toBe(1000);
  const other = kind === 'audio' ? 'video' : 'audio';
  expect(() => decryptMedia(file, other, mediaKey)).toThrow(MediaDamaged);
});

test.each(KINDS)('the ciphertext of a %s is the one that the keys of a client give', async (kind) => {
  const { createDecipheriv } = await import('node:crypto');
  const plain = randomBytes(100);
  const { file, mediaKey } = encryptMedia(plain, kind);
  const { iv, cipherKey } = await getMediaKeys(mediaKey, kind);
  const aes = createDecipheriv('aes-256-cbc', cipherKey, iv);
  expect(Buffer.concat([aes.update(file.subarray(0, -10)), aes.final()])).toEqual(plain);
});

test('a file that was changed, cut, or promised otherwise does not open', () => {
  const { file, mediaKey } = encryptMedia(Buffer.from('hello'), 'image');
  const changed = Buffer.from(file);
  changed.writeUInt8(changed.readUInt8(3) ^ 1, 3);
  for (const bad of [changed, file.subarray(1), file.subarray(0, 5), Buffer.alloc(0)]) {
    expect(() => decryptMedia(bad, 'image', mediaKey)).toThrow(MediaDamaged);
  }
  expect(() => decryptMedia(file, 'image', mediaKey, Buffer.alloc(32))).toThrow(MediaDamaged);
});
