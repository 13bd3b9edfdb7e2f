import { expect, test } from 'vitest';
import { toReceipt } from './receipts.ts';

const self = { id: '628111000001:4@s.whatsapp.net' };
const receipt = (type: string | undefined) => {
  const attrs = { id: 'ABC', from: '628111000002@s.whatsapp.net', t: '1700000000', ...(type && { type }) };
  return toReceipt({ tag: 'receipt', attrs, content: undefined as never }, self);
};

test('a receipt of a kind that nobody knows says nothing, whatever it is called', () => {
  expect(receipt(undefined)).toMatchObject({ status: 'delivered', ids: ['ABC'], chat: '628111000002@c.us' });
  expect(receipt('read')).toMatchObject({ status: 'read' });
  for (const type of ['retry', 'constructor', '__proto__', 'toString', '\u0000']) {
    expect(receipt(type)).toBeUndefined();
  }
});
