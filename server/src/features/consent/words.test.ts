import { expect, test } from 'vitest';
import { wishOf } from './words.ts';

test('a word counts as the whole message, in any case, with what stands at its end', () => {
  const stops = [
    'STOP',
    ' stop. ',
    'Stop!!',
    'ＳＴＯＰ',
    'ST\u200bOP',
    'opt  out',
    'Berhenti',
    'BAJA',
    'sair',
    'Отписаться',
    'СТОП',
  ];
  for (const text of [...stops, 'إلغاء', '退订', '退订。', 'İptal', 'ARRÊT', 'STOP 🙏', 'बंद करो']) {
    expect(wishOf(text)?.wish, text).toBe('stop');
  }
  for (const text of ['START', 'mulai!', 'СТАРТ', '订阅']) expect(wishOf(text)?.wish, text).toBe('start');
  expect(wishOf('Stop all.')?.wish).toBe('stop-all');
  expect(wishOf('berhenti')?.confirms).toContain('MULAI');
});

test('a word inside a sentence, a hostile text and an empty one say nothing', () => {
  const texts = [
    'please stop',
    'stop it',
    "don't stop",
    'the end of it',
    '',
    '!!!',
    '🙏',
    'constructor',
    '__proto__',
  ];
  for (const text of [...texts, `stop${'!'.repeat(65_000)}`, 'stop '.repeat(9_000), '\u202e'.repeat(40)]) {
    expect(wishOf(text), text.slice(0, 20)).toBeUndefined();
  }
});

test('words of a profile count beside the others', () => {
  const own = { stop: ['no more bread'], start: ['bread'] };
  expect(wishOf('No more BREAD!', own)?.wish).toBe('stop');
  expect(wishOf('Bread', own)?.wish).toBe('start');
  expect(wishOf('stop', own)?.wish).toBe('stop');
});
