import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { decodeBase64 } from './base64.ts';

async function decoded(text: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of decodeBase64(text, 10_000_000).bytes) parts.push(part);
  return Buffer.concat(parts);
}

test.each([0, 1, 2, 3, 262_143, 262_144, 700_001])(
  '%i bytes come back as they were, in every way of writing',
  async (size) => {
    const bytes = randomBytes(size);
    const usual = bytes.toString('base64');
    const broken = usual.replaceAll(/(.{76})/g, '$1\r\n');
    for (const text of [
      usual,
      usual.replaceAll('=', ''),
      bytes.toString('base64url'),
      broken,
      `data:;base64,${usual}`,
    ]) {
      expect((await decoded(text)).equals(bytes)).toBe(true);
    }
  },
);

test('a data URL says its type', () => {
  expect(decodeBase64('data:image/png;name=a.png;base64,aGk=', 9).mimetype).toBe('image/png');
  expect(decodeBase64('aGk=', 9).mimetype).toBeUndefined();
});

test.each([
  ['aGk=aGk=', 'Character 4 of the base64 is none of its letters.'],
  ['a Gk=', 'Character 2 of the base64 is none of its letters.'],
  ['aGk€', 'Character 4 of the base64 is none of its letters.'],
  ['aGkxa', 'The base64 ends in its middle.'],
  ['aGkx=', 'The base64 ends in its middle.'],
  ['====', 'Character 1 of the base64 is none of its letters.'],
  ['data:image/png,hi', 'Only data URLs in base64 are understood.'],
  ['data:image/png;base64', 'The data URL has no comma, or too much before it.'],
])('%j is refused, and where it goes wrong is said', (text, says) => {
  expect(() => decodeBase64(text, 1_000)).toThrow(
    expect.objectContaining({ code: 'MEDIA_BASE64_INVALID', message: says }),
  );
});

test('one byte too many is refused before any is decoded', () => {
  expect(() => decodeBase64(Buffer.alloc(100).toString('base64'), 100)).not.toThrow();
  expect(() => decodeBase64(Buffer.alloc(101).toString('base64'), 100)).toThrow(
    expect.objectContaining({ code: 'MEDIA_TOO_LARGE' }),
  );
});
