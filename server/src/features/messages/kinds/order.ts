import Type from 'typebox';
import { contentSchema, text, whole } from './content.ts';
import type { MessageKind } from './kind.ts';

export const order: MessageKind = {
  type: 'order',
  called: 'an order',
  content: contentSchema('OrderContent', 'What somebody wants to buy.', {
    orderId: text('Of the order.'),
    title: text('What it is.'),
    text: text('What was written along with it.'),
    items: whole('How many things.'),
    total: Type.Optional(Type.Number({ description: 'In `currency`.' })),
    currency: text('Three letters.', 'IDR'),
    seller: text('The shop.', '628123456789@c.us'),
  }),
  quoted: ['title', 'items', 'total', 'currency'],
  words: ({ title, text, orderId }) => [title, text, orderId],
  preview: ({ title, text }) => String(title || text || ''),
};
