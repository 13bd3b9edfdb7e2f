import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { readQrPng } from './read.ts';

const drawn = createRequire(import.meta.url)('qrcode') as {
  toBuffer(text: string, options: object): Promise<Buffer>;
};

test('what another program draws is read back: every size, level and kind of text', async () => {
  for (const errorCorrectionLevel of ['L', 'M', 'Q', 'H']) {
    for (const length of [1, 40, 120, 300, 800]) {
      const text = `https://wa.me/settings/linked_devices#2@${'aB3+/,=é'.repeat(200)}`.slice(0, length);
      for (const scale of [1, 4]) {
        const png = await drawn.toBuffer(text, { errorCorrectionLevel, scale, margin: scale });
        expect(readQrPng(png)).toBe(text);
      }
    }
  }
  expect(readQrPng(await drawn.toBuffer('0123456789', { width: 300 }))).toBe('0123456789');
  expect(readQrPng(await drawn.toBuffer('ABC $%*', { width: 300 }))).toBe('ABC $%*');
});

test('what is no QR is refused', () => {
  expect(() => readQrPng(Buffer.from('GIF89a'))).toThrow('not a PNG');
  expect(() => readQrPng(readFileSync(new URL(import.meta.url)))).toThrow('not a PNG');
});
