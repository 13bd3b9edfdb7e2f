import { expect, test } from 'vitest';
import { fold, foldWithPlaces } from './fold.ts';
import { termsOf } from './terms.ts';
import { highlightsOf, wordsOfMessage } from './words.ts';

test.each([
  ['upper case', 'BREAD', 'bread'],
  ['ß', 'Straße', 'STRASSE'],
  ['accents', 'Crème brûlée', 'creme brulee'],
  ['letters with strokes', 'Łódź, Sørlandet', 'lodz, sorlandet'],
  ['Greek, with its last sigma', 'Ο ΔΡΟΜΟΣ', 'ο δρόμος'],
  ['Turkish', 'İstanbul ısı', 'istanbul isi'],
  ['Cyrillic', 'Ёлка МОЙ', 'елка мой'],
  ['Arabic vowels and forms', 'أَهْلًا يا مُحَمَّد', 'اهلا يا محمد'],
  ['Persian letters and digits', 'کتاب ۱۲', 'كتاب 12'],
  ['Hebrew vowels', 'שָׁלוֹם', 'שלום'],
  ['full-width', 'ＡＢＣ　１２３', 'abc 123'],
  ['half-width Katakana', 'ｶﾞｷﾞ', 'ガギ'],
  ['Korean, composed or not', '한국어'.normalize('NFD'), '한국어'],
  ['ligatures', 'ﬁn', 'fin'],
  ['joiners and marks of direction', 'a\u200d\u200eb', 'ab'],
  ['white space', 'rye \n\t bread', 'rye bread'],
])('%s: both ways of writing it are one', (_, written, other) => {
  expect(fold(written)).toBe(fold(other));
  expect(fold(fold(written))).toBe(fold(written));
});

test('what is a letter of its own stays one', () => {
  for (const [one, other] of [
    ['мой', 'мои'],
    ['が', 'か'],
    ['किताब', 'कताब'],
  ] as const) {
    expect(fold(one)).not.toBe(fold(other));
  }
});

test('whatever strangers write is folded the same with places and without, and can be stored', () => {
  const odd = [
    '\ud800',
    '\0',
    '\u0301\u0301',
    '👩‍👩‍👧',
    'ｶ',
    'ﾞ',
    'İ',
    'ﬃ',
    'ß',
    '\u1100',
    '\u1161',
    ' ',
    '\n',
    '％',
    '_',
    '\\',
  ];
  let state = 7;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let n = 0; n < 500; n++) {
    const text = Array.from({ length: 12 }, () => odd[Math.floor(random() * odd.length)]).join('');
    const { text: folded, from, original } = foldWithPlaces(text);
    expect(folded).toBe(fold(text));
    expect(folded.isWellFormed() && !folded.includes('\0')).toBe(true);
    expect(from).toHaveLength(folded.length + 1);
    expect(from.at(-1)).toBe(original.length);
  }
});

test('words stand for themselves, and what is quoted stands together', () => {
  expect(termsOf('  Rye "Good  Friday" rye')).toEqual(['rye', 'good friday']);
  expect(termsOf('„am Markt“')).toEqual(['am markt']);
  expect(termsOf('" "  \u200d')).toEqual([]);
  expect(termsOf(Array.from({ length: 20 }, (_, n) => `w${n}`).join(' '))).toHaveLength(8);
});

test('a message is found by its caption, file name, options, cards and places', () => {
  const { vcard } = { vcard: 'BEGIN:VCARD\nFN:Mill\nTEL;waid=628123456789:+62 812-3456-789\nEND:VCARD' };
  const words = [
    ['document', { caption: 'From May', filename: 'Menü.pdf' }, 'from may\nmenu.pdf'],
    ['poll', { question: 'Which?', options: ['Rye', 'Wheat'], secret: 'x' }, 'which?\nrye\nwheat'],
    ['contact', { contacts: [{ name: 'Mill', vcard }] }, 'mill\n628123456789'],
    ['location', { name: 'Bakery', address: 'Jalan 1', latitude: 1 }, 'bakery\njalan 1'],
    ['event', { name: 'Opening', location: { name: 'Hall' } }, 'opening\nhall'],
    ['sticker', {}, ''],
    ['call', { outcome: 'missed' }, ''],
    ['text', { text: 5 }, ''],
    ['never-heard-of', { text: 'x' }, ''],
  ] as const;
  for (const [type, content, expected] of words) expect(wordsOfMessage(type, content)).toBe(expected);
  expect(wordsOfMessage('text', { text: 'é'.repeat(60_000) }).length).toBeLessThanOrEqual(8_000);
});

test('highlights show what was found as it was written', () => {
  const marked = (text: string, ...terms: string[]) =>
    highlightsOf('text', { text }, terms).map((one) =>
      one.ranges.map(({ start, end }) => one.text.slice(start, end)),
    );
  expect(marked('Is the Ryé bread ready?', 'rye', 'ready')).toEqual([['Ryé', 'ready']]);
  expect(marked('Große Straße 5', 'strass')).toEqual([['Straß']]);
  expect(marked('Große Straße 5', 'strasse')).toEqual([['Straße']]);
  expect(marked(`${'🥐'.repeat(300)} crème`, 'creme')).toEqual([['crème']]);
  expect(marked('nothing of it', 'rye')).toEqual([]);
  const [highlight] = highlightsOf('text', { text: `${'long '.repeat(2_000)}rye` }, ['long']);
  expect(highlight?.text.length).toBeLessThanOrEqual(160);
});
