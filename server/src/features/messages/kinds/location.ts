import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { Failure } from '../../../platform/failures.ts';
import { contentSchema, flag, text, whole } from './content.ts';
import { replaced } from './edit.ts';
import { type Content, type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

const measure = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Nullable(Type.Integer({ minimum, maximum, description })));
const ofLive = ['accuracy', 'speed', 'heading', 'caption'] as const;
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
  preview: ({ caption, name, address }) => String(caption || name || address || ''),
  // A live location moves with whoever sent it.
  edited: (original, { type, ...edit }) =>
    type === 'location' && original.live && edit.live
      ? replaced(original, edit, ['latitude', 'longitude', 'accuracy', 'speed', 'heading', 'sequence'])
      : undefined,
  sending: sendingOf({
    path: 'location',
    summary: 'Send a place on the map.',
    description:
      'With `name` and `address` phones show it as a place, without as a point; with `live` as where somebody is.',
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
        live: Type.Optional(
          Nullable(
            Type.Boolean({
              description:
                'Where somebody is at this moment. WhatsApp lets only the phone itself go on telling it: from here it is ' +
                'told once, and does not move.',
            }),
          ),
        ),
        accuracy: measure(0, 100_000, 'Of a live location: metres.'),
        speed: measure(0, 1000, 'Of a live location: metres per second.'),
        heading: measure(0, 359, 'Of a live location: degrees clockwise from north.'),
        caption: Type.Optional(
          Nullable(Type.String({ maxLength: 1000, description: 'Of a live location: the words below it.' })),
        ),
      },
      { latitude: -6.1754, longitude: 106.8272, name: 'Bakery', address: 'Jalan Merdeka 1, Jakarta' },
    ),
    contentOf({ latitude, longitude, name, address, live, ...more }) {
      const given = ofLive.filter(
        (name) => more[name] !== undefined && more[name] !== null && more[name] !== '',
      );
      const strange = live
        ? [...(name ? ['name'] : []), ...(address ? ['address'] : [])].map((field) => [field, 'a place'])
        : given.map((field) => [field, 'a live location']);
      if (strange.length > 0) {
        const details = strange.map(([field, of]) => ({ path: `/${field}`, problem: `belongs to ${of}` }));
        throw new Failure('VALIDATION_ERROR', { details });
      }
      return {
        ...{ latitude, longitude },
        ...(name && { name }),
        ...(address && { address }),
        ...(live && { live: true, ...Object.fromEntries(given.map((field) => [field, more[field]])) }),
      };
    },
    // Where somebody is moves with them; only the place is passed on.
    forwarded: ({ latitude, longitude, name, address }) => ({
      ...{ latitude, longitude },
      ...(name ? { name } : {}),
      ...(address ? { address } : {}),
    }),
    outgoing: ({ latitude, longitude, ...place }) => ({
      type: 'location',
      latitude: Number(latitude),
      longitude: Number(longitude),
      ...given(place, 'name'),
      ...given(place, 'address'),
      ...(place.live === true && {
        live: Object.fromEntries(ofLive.flatMap((name) => (name in place ? [[name, place[name]]] : []))),
      }),
    }),
  }),
};

function given(place: Content, name: 'name' | 'address') {
  const value = place[name];
  return typeof value === 'string' && value ? { [name]: value } : {};
}
