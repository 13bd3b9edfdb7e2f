import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../platform/failures.ts';
import { namesIn, render, type Source } from './render.ts';

const variables = (values: object): Source[] => [{ from: 'variables', values }];
const filled = (text: string, values: object) => render(text, variables(values)).rendered;

test('one and two braces stand for a value, with a fallback where there is none', () => {
  const values = { name: 'Ada', empty: '', age: 36, vip: true, metadata: { city: 'Köln' }, नाम: 'आदा' };
  const said = [
    ['Hello {name}, {{name}}!', 'Hello Ada, Ada!'],
    ['{age} {vip} {metadata.city} {{नाम}}', '36 true Köln आदा'],
    ['{{gone|there}} {{empty|there}} {empty}', 'there there '],
    [
      '{gone} {{gone}} {na me} {{ name }} {1} {} {metadata}',
      '{gone} {{gone}} {na me} {{ name }} {1} {} {metadata}',
    ],
    ['\\{name} \\{{name}} {{{name}}} \\{', '{name} {{name}} {Ada} {'],
  ] as const;
  for (const [text, becomes] of said) expect(filled(text, values)).toBe(becomes);
});

test('the first source that knows a name fills it in, and the answer says which', () => {
  const sources = [
    { from: 'variables', values: { code: 'A1', 'metadata.city': 'Bonn' } },
    { from: 'contact', values: { code: 'B2', name: 'Ada', metadata: { city: 'Köln' } } },
  ];
  expect(render({ text: '{code} {name} {{metadata.city}} {{x|y}} {who} {code}' }, sources)).toEqual({
    rendered: { text: 'A1 Ada Bonn y {who} A1' },
    unknown: ['who'],
    used: [
      { name: 'code', value: 'A1', from: 'variables' },
      { name: 'name', value: 'Ada', from: 'contact' },
      { name: 'metadata.city', value: 'Bonn', from: 'variables' },
      { name: 'x', value: 'y', from: 'fallback' },
    ],
  });
});

test('arrays stay arrays, and fields that name a file are never filled in', () => {
  const content = {
    ...{ question: '{a}?', options: ['{a}', { deep: ['{a}', 1, null] }], url: 'https://x/{a}' },
    ...{ filename: '{a}.pdf', base64: '{a}', mediaId: '{a}', mimetype: '{a}' },
  };
  expect(render(content, variables({ a: 'b' })).rendered).toEqual({
    ...content,
    ...{ question: 'b?', options: ['b', { deep: ['b', 1, null] }] },
  });
  expect(namesIn(content)).toEqual(['a']);
});

test('names that every object has are unknown', () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'metadata.constructor.name'];
  const text = names.map((name) => `{{${name}}}`).join(' ');
  const { rendered, unknown } = render(text, variables({ metadata: {} }));
  expect(rendered).toBe(text);
  expect(unknown).toEqual(names);
  expect(filled('{constructor}', JSON.parse('{"constructor":"mine"}'))).toBe('mine');
});

test('property: what is filled in is never read again', () => {
  const piece = fc.constantFrom('{', '}', '{{', '}}', '\\', '$&', '$1', '|', 'a', 'b', '{a}', '{{b}}', 'é');
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, text, text, text, (before, between, a, b) => {
      fc.pre(![before, between].some((words) => /[{}\\]/.test(words)));
      expect(filled(`${before}{a}${between}{{b}}`, { a, b })).toBe(`${before}${a}${between}${b}`);
    }),
  );
});

test('property: a text without braces is itself, and one without a backslash keeps unknown names', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.object(), (text, values) => {
      const plain = text.replaceAll('{', '');
      expect(filled(plain, values)).toBe(plain);
      const typed = text.replaceAll(/[\\|]/g, '');
      expect(filled(`{a}${typed}{{b}}`, {})).toBe(`{a}${typed}{{b}}`);
    }),
  );
});

test('too much is refused: in, out, in depth and as a value', () => {
  const refused = (content: unknown, values: object = {}) => {
    expect(() => render(content, variables(values))).toThrow(Failure);
  };
  refused('x'.repeat(65_537));
  refused(['x'.repeat(40_000), 'x'.repeat(40_000)]);
  refused('{a}', { a: 'x'.repeat(4_097) });
  refused('{a}'.repeat(17), { a: 'x'.repeat(4_096) });
  refused(JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)));
  expect(filled('{a}'.repeat(16), { a: 'x'.repeat(4_096) })).toHaveLength(65_536);
});

test('64 KiB of braces and names take no longer than reading them', () => {
  const hostile = ['{', '{{', '{a', '{{a', '{{a|', '}', '\\{', '{{{a}', 'a', '{{a|b}'];
  const texts = hostile.map((piece) => piece.repeat(Math.floor(65_536 / piece.length)));
  const startedAt = performance.now();
  for (const text of [...texts, `{{${'a'.repeat(65_000)}`, `{{a|${'|'.repeat(65_000)}`]) render(text, []);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
