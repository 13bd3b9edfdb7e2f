import { readFileSync } from 'node:fs';
import QRCode from 'qrcode';
import { expect, test } from 'vitest';
import { readQrPng } from './read.ts';

test('what another program draws is read back: every size, level and kind of text', async () => {
  for (const errorCorrectionLevel of ['L', 'M', 'Q', 'H'] as const) {
    for (const length of [1, 40, 120, 300, 800]) {
      const text = `https://wa.me/settings/linked_devices#2@${'aB3+/,=é'.repeat(200)}`.slice(0, length);
      for (const scale of [1, 4]) {
        const png = await QRCode.toBuffer(text, { errorCorrectionLevel, scale, margin: scale });
        expect(readQrPng(png)).toBe(text);
      }
    }
  }
  expect(readQrPng(await QRCode.toBuffer('0123456789', { width: 300 }))).toBe('0123456789');
  expect(readQrPng(await QRCode.toBuffer('ABC $%*', { width: 300 }))).toBe('ABC $%*');
});

test('a module that is no whole number of pixels wide is read, in every size of the same text', async () => {
  const text = `https://wa.me/settings/linked_devices#2@${'Ab3/'.repeat(37)},1`;
  for (let width = 200; width <= 300; width += 7) {
    expect(readQrPng(await QRCode.toBuffer(text, { width, margin: 1 }))).toBe(text);
  }
});

test('what is no QR is refused', () => {
  expect(() => readQrPng(Buffer.from('GIF89a'))).toThrow('not a PNG');
  expect(() => readQrPng(readFileSync(new URL(import.meta.url)))).toThrow('not a PNG');
});
