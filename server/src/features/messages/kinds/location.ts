import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { contentSchema, flag, text, whole } from './content.ts';
import { type Content, type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

const words = Type.Optional(Nullable(Type.String({ maxLength: 1000 })));

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
    comment: text('Words that came with a place.'),
    accuracy: whole('Metres.'),
    speed: Type.Optional(Type.Number({ description: 'Metres per second.' })),
    heading: whole('Degrees clockwise from north.'),
    sequence: whole('Counts the updates of a live location.'),
    live: flag('It moves with whoever sent it.'),
  }),
  ownFields: { of: 'a location', names: ['latitude', 'longitude'] },
  quoted: ['latitude', 'longitude', 'name', 'address', 'live'],
  words: ({ caption, name, address }) => [caption, name, address],
  preview: ({ caption, name, address }) => String(caption || name || address || ''),
  sending: sendingOf({
    path: 'location',
    summary: 'Send a place on the map.',
    description: 'With `name` and `address` phones show it as a place, without as a point.',
    body: sendBody(
      'SendLocation',
      {
        latitude: Type.Number({
          minimum: -90,
          maximum: 90,
          description: 'Degrees, south of the equator negative.',
        }),
        longitude: Type.Number({
          minimum: -180,
          maximum: 180,
          description: 'Degrees, west of Greenwich negative.',
        }),
        name: words,
        address: words,
      },
      { latitude: -6.1754, longitude: 106.8272, name: 'Bakery', address: 'Jalan Merdeka 1, Jakarta' },
    ),
    contentOf: ({ latitude, longitude, name, address }) => ({
      latitude,
      longitude,
      ...(name && { name }),
      ...(address && { address }),
    }),
    // Where somebody is moves with them; only the place is passed on.
    forwarded: ({ live: _, caption: __, ...place }) => place,
    outgoing: ({ latitude, longitude, ...place }) => ({
      type: 'location',
      latitude: Number(latitude),
      longitude: Number(longitude),
      ...given(place, 'name'),
      ...given(place, 'address'),
    }),
  }),
};

function given(place: Content, name: 'name' | 'address') {
  const value = place[name];
  return typeof value === 'string' && value ? { [name]: value } : {};
}
