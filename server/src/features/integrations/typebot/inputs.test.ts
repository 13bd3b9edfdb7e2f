import { expect, test } from 'vitest';
import { needsBrowser, sayingsOf } from './bubbles.ts';
import { askedBy, meantBy } from './inputs.ts';
import { richTextOf } from './rich-text.ts';

const texts = (reply: unknown) => sayingsOf(reply).map(({ fields }) => fields.text ?? fields.url);
const items = (...titles: string[]) => titles.map((content, index) => ({ id: `id-${index}`, content }));

test('nonsense of any depth and size says nothing, and costs no time', () => {
  let deep: unknown = { text: 'x' };
  for (let n = 0; n < 5_000; n++) deep = { type: 'p', children: [deep] };
  expect(richTextOf({ richText: [deep] })).toBe('');
  const wide = { richText: Array.from({ length: 2_000 }, () => ({ children: [{ text: 'y'.repeat(500) }] })) };
  expect(richTextOf(wide).length).toBeLessThan(40_000);
  for (const reply of [
    null,
    7,
    'x',
    [],
    { messages: 'x' },
    { messages: [null, { type: '__proto__' }, { type: 'video', content: { type: 'constructor', id: 'x' } }] },
  ]) {
    expect(sayingsOf(reply)).toEqual([]);
    expect(askedBy(reply, '')).toBeUndefined();
  }
  const links = ['javascript:alert(1)', 'file:///etc/passwd', 'x'];
  expect(texts({ messages: links.map((url) => ({ type: 'embed', content: { url } })) })).toEqual([]);
});

test('of what only browsers do a redirection is a link; what nobody would answer ends the bot', () => {
  const redirect = { type: 'redirect', redirect: { url: 'https://bakery.example/thanks' } };
  expect(texts({ clientSideActions: [redirect, { type: 'pixel' }] })).toEqual([
    'https://bakery.example/thanks',
  ]);
  expect(needsBrowser({ clientSideActions: [{ type: 'setVariable', expectsDedicatedReply: true }] })).toBe(
    true,
  );
});

test('an answer is a choice by its number or its words, several where several may be', () => {
  const one =
    askedBy({ input: { type: 'choice input', items: items('Rye', 'Wheat', '2') } }, '')?.pending ?? null;
  expect(meantBy(one, ' wheat ')).toEqual({ text: 'Wheat', replyId: 'id-1' });
  expect(meantBy(one, '1.')).toEqual({ text: 'Rye', replyId: 'id-0' });
  expect(meantBy(one, '2')).toEqual({ text: '2', replyId: 'id-2' });
  expect(meantBy(one, '9')).toEqual({ text: '9' });
  const many = askedBy(
    { input: { type: 'choice input', items: items('Rye', 'Wheat'), options: { isMultipleChoice: true } } },
    '',
  )?.pending;
  expect(meantBy(many ?? null, '1, wheat')).toEqual({ text: 'Rye, Wheat' });
  expect(meantBy(many ?? null, '1, oats')).toEqual({ text: '1, oats' });
  const reply = {
    input: {
      type: 'cards',
      items: [
        {
          title: 'Cake',
          paths: [
            { id: 'p', text: 'Buy' },
            { id: 'q', text: 'More' },
          ],
        },
      ],
    },
  };
  const cards = askedBy(reply, '');
  expect(cards?.sayings.map(({ fields }) => fields.text)).toEqual(['*Cake*\n1. Buy\n2. More']);
  expect(meantBy(cards?.pending ?? null, '2')).toEqual({ text: 'More', replyId: 'q' });
});
