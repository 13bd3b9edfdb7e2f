import Type from 'typebox';
import { contentSchema, flag, text } from './content.ts';
import type { MessageKind } from './kind.ts';

const moment = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));

export const event: MessageKind = {
  type: 'event',
  called: 'an event',
  content: contentSchema('EventContent', 'Something that takes place.', {
    name: text('What it is.', 'Opening'),
    description: text('What it is about.'),
    start: moment('When it begins.'),
    end: moment('When it ends.'),
    location: Type.Optional(
      Type.Object({
        latitude: Type.Optional(Type.Number({ description: 'Degrees.' })),
        longitude: Type.Optional(Type.Number({ description: 'Degrees.' })),
        name: text('Of the place.'),
        address: text('Of the place.'),
      }),
    ),
    joinLink: text('The link of a call.'),
    cancelled: flag('It does not take place.'),
    extraGuests: flag('Guests may bring others.'),
  }),
  quoted: ['name', 'start'],
  preview: ({ name }) => (typeof name === 'string' ? name : ''),
  words({ name, description, location }) {
    const place = (location ?? {}) as { name?: unknown; address?: unknown };
    return [name, description, place.name, place.address];
  },
};
