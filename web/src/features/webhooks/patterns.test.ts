import { expect, test } from 'vitest';
import { heard, withName, withPrefix } from './patterns.ts';

const names = ['message.sent', 'message.read', 'call.ended'];

test('a prefix replaces its own names, and leaves the others', () => {
  expect(withPrefix(['message.sent', 'call.ended'], 'message.*', true)).toEqual(['call.ended', 'message.*']);
  expect(withPrefix(['message.*', 'call.ended'], 'message.*', false)).toEqual(['call.ended']);
});

test('a name that is left out of a prefix takes it apart', () => {
  expect(withName(['message.*'], 'message.read', false, names)).toEqual(['message.sent']);
  expect(withName(['*'], 'call.ended', false, names)).toEqual(['message.sent', 'message.read']);
});

test('a name that is heard already is not named twice', () => {
  expect(withName(['message.*'], 'message.read', true, names)).toEqual(['message.*']);
  expect(withName([], 'message.read', true, names)).toEqual(['message.read']);
});

test('of a prefix all, some or none are heard', () => {
  const messages = names.slice(0, 2);
  expect(heard(['*'], messages)).toBe('all');
  expect(heard(['message.read'], messages)).toBe('some');
  expect(heard(['call.*'], messages)).toBe('none');
});
