import Type from 'typebox';
import { contentSchema, text } from './content.ts';
import type { MessageKind } from './kind.ts';

export const product: MessageKind = {
  type: 'product',
  called: 'a product',
  content: contentSchema('ProductContent', 'Something that a shop sells.', {
    title: text('What it is.', 'Rye bread'),
    description: text('What the shop says of it.'),
    text: text('What was written along with it.'),
    footer: text('Below the text.'),
    productId: text('Of the catalogue.'),
    retailerId: text('Its number in the shop.'),
    url: text('A page about it.'),
    price: Type.Optional(Type.Number({ description: 'In `currency`.' })),
    salePrice: Type.Optional(Type.Number({ description: 'Instead of the price.' })),
    currency: text('Three letters.', 'IDR'),
    seller: text('The shop.', '628123456789@c.us'),
  }),
  quoted: ['title', 'price', 'currency'],
  words: ({ title, description, text, footer }) => [title, description, text, footer],
  preview: ({ title, text }) => String(title || text || ''),
};
