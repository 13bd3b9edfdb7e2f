import Type from 'typebox';
import { expect, test } from 'vitest';
import { defineEvent } from './define.ts';

test('an event that names no permission stops the start, with its name', () => {
  const given = { name: 'secret.told', what: 'A secret was told.', body: Type.Object({}) };
  expect(() => defineEvent(given as never)).toThrow('secret.told');
});
