import Type from 'typebox';
import { expect, test } from 'vitest';
import { given, Nullable } from '../http/schema.ts';
import { jsonDepthMax, parseJsonText } from './json-text.ts';

const parse = (text: string) => parseJsonText(Buffer.from(text));

test('sixty-four levels are read, one more is not', () => {
  expect(parse('['.repeat(jsonDepthMax) + ']'.repeat(jsonDepthMax))).toBeInstanceOf(Array);
  const deeper = jsonDepthMax + 1;
  expect(() => parse('['.repeat(deeper) + ']'.repeat(deeper))).toThrow();
});

test('a byte order mark, odd numbers and equal keys have one meaning', () => {
  expect(parse('\uFEFF{"a":1}')).toEqual({ a: 1 });
  expect(parse('{"a":1,"a":2}')).toEqual({ a: 2 });
  expect(parse('[9007199254740993,-0,1e20,1e-400]')).toEqual([9007199254740992, -0, 1e20, 0]);
});

test('prototype keys that hide behind escapes are dropped, and all offending places are named', () => {
  const value = parse('{"\\u005f\\u005fproto\\u005f\\u005f":{"x":1},"kept":"\\u00e9"}');
  expect(Object.keys(value as object)).toEqual(['kept']);
  expect(() => parse('{"a":["\\u0000"],"b":{"c\\u0000":1}}')).toThrow(
    expect.objectContaining({
      details: [
        { path: '/a/0', problem: expect.any(String) },
        { path: '/b', problem: expect.any(String) },
      ],
    }),
  );
});

test('what a create body leaves out, nulls or empties is absent; false and zero are given', () => {
  expect([null, undefined, ''].map(given)).toEqual([undefined, undefined, undefined]);
  expect([false, 0, 'a'].map((value) => given(value))).toEqual([false, 0, 'a']);
});

test('a nullable schema is a list of types, an enum with null, or a union', () => {
  expect(Nullable(Type.String({ maxLength: 5 }))).toMatchObject({ type: ['string', 'null'], maxLength: 5 });
  expect(Nullable(Type.Enum(['a'] as const))).toMatchObject({ enum: ['a', null] });
  expect(Nullable(Type.Union([Type.String(), Type.Integer()]))).toHaveProperty('anyOf');
});
