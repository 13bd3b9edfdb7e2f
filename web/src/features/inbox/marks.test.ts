import { expect, test } from 'vitest';
import { linkOf, ownPath } from './links.ts';
import { type Piece, piecesOf } from './marks.ts';

/** A text as it would be read aloud with its marks. */
const drawn = (pieces: readonly Piece[]): string =>
  pieces
    .map((piece) =>
      'pieces' in piece
        ? `<${piece.kind}>${drawn(piece.pieces)}</${piece.kind}>`
        : piece.kind === 'text'
          ? piece.text
          : `<${piece.kind}>${piece.text}</${piece.kind}>`,
    )
    .join('');
const read = (text: string): string => drawn(piecesOf(text));

test.each([
  [
    '*bold* _italic_ ~gone~ `code`',
    '<bold>bold</bold> <italic>italic</italic> <strike>gone</strike> <code>code</code>',
  ],
  ['*_both_*', '<bold><italic>both</italic></bold>'],
  ['2 * 3 * 4 and snake_case_name', '2 * 3 * 4 and snake_case_name'],
  ['*not\nover lines*', '*not\nover lines*'],
  ['* not * this', '* not * this'],
  ['**', '**'],
  ['```a *b*\nc```', '<block>a *b*\nc</block>'],
  ['> said before\nanswer', '<quote>said before</quote>answer'],
  ['مرحبا *بك*', 'مرحبا <bold>بك</bold>'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  [
    'see https://example.com/a_b_c, and *that*',
    'see <link>https://example.com/a_b_c</link>, and <bold>that</bold>',
  ],
  ['(https://example.com/x_(y))', '(<link>https://example.com/x_(y)</link>)'],
  ['*www.example.com*', '<bold><link>www.example.com</link></bold>'],
  ['javascript:alert(1) file:///etc', 'javascript:alert(1) file:///etc'],
])('%s is drawn with its marks', (text, expected) => {
  expect(read(text)).toBe(expected);
});

test('a text of only marks is read in little time', () => {
  const startMs = performance.now();
  piecesOf('*_~`'.repeat(16_000));
  piecesOf('*a '.repeat(20_000));
  expect(performance.now() - startMs).toBeLessThan(1_000);
});

test('a link in another script, or with a name before its host, says where it leads', () => {
  expect(linkOf('https://example.com')).toEqual({ href: 'https://example.com/' });
  expect(linkOf('https://аррӏе.com')?.disguised).toBe('xn--80ak6aa92e.com');
  expect(linkOf('https://paypal.com@evil.example/x')?.disguised).toBe('evil.example');
  expect(linkOf('javascript:alert(1)')).toBeUndefined();
});

test('files are read from our own origin, whatever the link names', () => {
  const path = '/api/v1/media/1/file/t.s/a.png';
  expect(ownPath(path)).toBe(path);
  expect(ownPath(`https://wa.example.com/proxied${path}`)).toBe(path);
  expect(ownPath('https://evil.example/a.png')).toBeUndefined();
  expect(ownPath(undefined)).toBeUndefined();
});
