import { expect, test } from 'vitest';
import { disposition, harmlessName } from './file-name.ts';

test.each([
  ['menu.pdf', 'menu.pdf'],
  [undefined, ''],
  ['', ''],
  ['..', ''],
  ['a/b\\c.txt', 'c.txt'],
  ['a\u0000b\r\nc.txt', 'abc.txt'],
  ['\u202Egnp.exe', 'gnp.exe'],
  ['\ud800x.txt', '�x.txt'],
  [' .hidden. ', 'hidden'],
  ['nul.txt', '_nul.txt'],
  ['null.txt', 'null.txt'],
  ['e\u0301.txt', 'é.txt'],
])('%j becomes %j', (given, harmless) => {
  expect(harmlessName(given)).toBe(harmless);
});

test('a long name keeps its ending and never half a letter', () => {
  const name = harmlessName(`${'👩'.repeat(5_000)}.tar.gz`.slice(0, 9_000).concat('.pdf'));
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  expect(name).toMatch(/^(👩)+\.pdf$/u);
});

test('a name can not break out of the header it stands in', () => {
  expect(disposition('inline', `a"; x='ä'.png`)).toBe(
    `inline; filename="a_; x='_'.png"; filename*=UTF-8''a%22%3B%20x%3D%27%C3%A4%27.png`,
  );
  expect(disposition('attachment', '')).toBe('attachment');
});
