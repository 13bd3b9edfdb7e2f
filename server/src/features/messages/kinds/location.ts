import Type from 'typebox';
import { contentSchema, flag, text } from './content.ts';
import { captionOf } from './file-message.ts';
import type { MessageKind } from './kind.ts';

export const location: MessageKind = {
  type: 'location',
  called: 'a location',
  content: contentSchema('LocationContent', 'A place, or where somebody is.', {
    latitude: Type.Optional(Type.Number({ description: 'Degrees.' })),
    longitude: Type.Optional(Type.Number({ description: 'Degrees.' })),
    name: text('Of the place.', 'Bakery'),
    address: text('Of the place.'),
    url: text('A page about it.'),
    caption: text('Words that came with a live location.'),
    live: flag('It moves with whoever sent it.'),
  }),
  ownFields: { of: 'a location', names: ['latitude', 'longitude'] },
  preview: captionOf,
};
