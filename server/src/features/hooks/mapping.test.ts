import { expect, test } from 'vitest';
import { parseJsonText } from '../../http/json-text.ts';
import { applyMapping, type Mapping } from './mapping.ts';
import { keptHeaders, readPayload } from './payload.ts';

const payload = {
  customer: { phone: 628_111_000_002, 'first/name': 'Sari', note: null },
  items: [{ title: 'Bread' }, { title: 'Milk {/customer/phone} {x}' }],
  total: 12.5,
};
const headers = { 'x-topic': 'orders/create' };
const apply = (mapping: Partial<Mapping>, body: unknown = payload) =>
  applyMapping({ to: '/customer/phone', ...mapping }, { payload: body, headers });

test('pointers, names and headers are put in literally, in one pass', () => {
  const text =
    '{ name }, {{total}} for {/items/0/title} and {/items/1/title}, {header:X-Topic}{/customer/note}.';
  expect(apply({ text, variables: { name: '/customer/first~1name' } })).toEqual({
    is: 'message',
    to: '628111000002',
    type: 'text',
    content: { text: 'Sari, 12.5 for Bread and Milk {/customer/phone} {x}, orders/create.' },
    missing: [],
  });
});

test('what is not there is left as typed and listed, also what objects inherit', () => {
  const text = '{nobody} {/items/7/title} {constructor} {/__proto__/x} {/items/length}';
  expect(apply({ text })).toMatchObject({
    content: { text },
    missing: ['nobody', '/items/7/title', 'constructor', '/__proto__/x', '/items/length'],
  });
});

test('in the fields of another kind a pointer keeps its type, however deep it stands', () => {
  const content = { url: 'https://shop.example/{/items/0/title}.png', list: [{ at: '/total' }], flag: true };
  expect(apply({ type: 'image', content })).toMatchObject({
    type: 'image',
    content: { url: 'https://shop.example/Bread.png', list: [{ at: 12.5 }], flag: true },
  });
});

test('only what is wanted is sent', () => {
  expect(apply({ text: 'x', when: { '/total': 12.5, 'header:x-topic': 'orders/create' } }).is).toBe(
    'message',
  );
  expect(apply({ text: 'x', when: { '/total': '12.5' } })).toEqual({ is: 'skipped' });
});

test('an empty recipient and a text without end are problems, and cost no memory', () => {
  expect(apply({ to: '/nobody', text: 'x' })).toMatchObject({ is: 'wrong', problems: [{ path: '/to' }] });
  const large = { ...payload, large: { text: 'x'.repeat(1_000_000) } };
  const content = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`f${n}`, '/large']));
  for (const mapping of [{ text: '{/large}'.repeat(500) }, { content }]) {
    const read = apply(mapping, large);
    expect(read).toMatchObject({ is: 'wrong', problems: [{ path: '/content' }] });
    expect(JSON.stringify(read).length).toBeLessThan(5_000);
  }
});

test('JSON of any name, forms and the form of GitHub are read; other bodies are refused', () => {
  const read = (text: string, type?: string) => readPayload(parseJsonText, Buffer.from(text), type);
  const form = 'application/x-www-form-urlencoded';
  expect(read('{"a":1}', 'application/vnd.shop+json')).toEqual({ a: 1 });
  expect(read(' [1]', 'text/plain')).toEqual([1]);
  expect(read('a=1&b=x+y&a=2&__proto__=z', form)).toEqual({ a: ['1', '2'], b: 'x y' });
  expect(read(`payload=${encodeURIComponent('{"action":"opened"}')}`, form)).toEqual({ action: 'opened' });
  expect(read('')).toEqual({});
  expect(() => read('hello', 'text/plain')).toThrow('Post JSON or a form');
  expect(() => read('{"a":', 'application/json')).toThrow('not valid JSON');
  expect(() => read('{"a":"\\u0000"}')).toThrow('not valid');
  expect(() => read('a=1&'.repeat(2_000), form)).toThrow('too many fields');
});

test('of the headers no proof, key or way is kept', () => {
  const all = {
    'x-github-event': 'issues',
    'user-agent': 'GitHub-Hookshot',
    'x-hub-signature-256': 'sha256=1',
    'x-shopify-hmac-sha256': '1',
    'x-api-key': '1',
    'x-forwarded-for': '1',
    authorization: '1',
    cookie: '1',
  };
  expect(keptHeaders(all)).toEqual({ 'x-github-event': 'issues', 'user-agent': 'GitHub-Hookshot' });
});
