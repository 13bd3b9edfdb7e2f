import { expect, test } from 'vitest';
import { fieldsOf } from './fields.ts';

test('fields of a schema say their type, and which may be absent', () => {
  const schema = {
    type: 'object',
    required: ['id', 'from'],
    properties: {
      id: { type: 'string', description: 'Our id.' },
      from: { type: ['string', 'null'] },
      kinds: { type: 'array', items: { enum: ['text', 'image'] } },
      state: { anyOf: [{ const: 'on' }, { type: 'null' }] },
    },
  };
  expect(fieldsOf(schema)).toEqual([
    { name: 'id', type: 'string', isOptional: false, says: 'Our id.' },
    { name: 'from', type: 'string | null', isOptional: false, says: undefined },
    { name: 'kinds', type: '("text" | "image")[]', isOptional: true, says: undefined },
    { name: 'state', type: '"on" | null', isOptional: true, says: undefined },
  ]);
});
