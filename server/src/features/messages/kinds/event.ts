import { randomBytes } from 'node:crypto';
import Type from 'typebox';
import type { OutgoingContents } from '../../../engines/port.ts';
import { Nullable } from '../../../http/schema.ts';
import { Failure } from '../../../platform/failures.ts';
import { momentIn } from '../../../platform/time-zone.ts';
import { contentSchema, flag, text } from './content.ts';
import { replaced } from './edit.ts';
import { type MessageKind, sendingOf } from './kind.ts';
import { sendBody } from './send-body.ts';

const words = (maxLength: number, description: string) =>
  Type.Optional(Nullable(Type.String({ maxLength, description })));
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
  ownFields: { of: 'an event', names: ['start', 'end', 'joinLink', 'extraGuests'] },
  quoted: ['name', 'start'],
  preview: ({ name }) => (typeof name === 'string' ? name : ''),
  edited: (original, { type, ...edit }) =>
    type === 'event' ? replaced(original, edit, [...editable]) : undefined,
  sending: sendingOf({
    path: 'event',
    summary: 'Invite people to something that takes place.',
    description:
      'Who comes stands on the message as `responses`, and `message.event_response` tells of each answer.',
    body: sendBody(
      'SendEvent',
      {
        name: Type.String({ minLength: 1, maxLength: 255 }),
        description: words(2048, 'What it is about.'),
        start: Type.String({ maxLength: 64, description: 'When it begins, in ISO 8601 with an offset.' }),
        end: words(64, 'When it ends; later than `start`.'),
        location: Type.Optional(
          Nullable(
            Type.Object({
              latitude: Type.Number({ minimum: -90, maximum: 90 }),
              longitude: Type.Number({ minimum: -180, maximum: 180 }),
              name: words(255, 'Of the place.'),
              address: words(1000, 'Of the place.'),
            }),
          ),
        ),
        joinLink: words(2048, 'The link of a call.'),
        extraGuests: Type.Optional(Nullable(Type.Boolean({ description: 'Guests may bring others.' }))),
      },
      {
        name: 'Opening',
        start: '2035-03-01T09:00:00+07:00',
        location: { latitude: -6.1754, longitude: 106.8272 },
      },
    ),
    contentOf({ name, description, start, end, location, joinLink, extraGuests }) {
      const [from, until] = [momentOf(start), end ? momentOf(end) : undefined];
      const details = [
        ...(from
          ? []
          : [{ path: '/start', problem: 'is no moment of ISO 8601, such as 2027-03-01T09:00:00+07:00' }]),
        ...(end && !(until && from && until > from)
          ? [{ path: '/end', problem: 'must be a moment later than start' }]
          : []),
      ];
      if (details.length > 0 || !from) throw new Failure('VALIDATION_ERROR', { details });
      return {
        ...{ name, start: from.toISOString() },
        ...(until && { end: until.toISOString() }),
        ...(description && { description }),
        ...(location && { location: placeOf(location) }),
        ...(joinLink && { joinLink }),
        ...(extraGuests && { extraGuests }),
        // Answers are encrypted with it, and a receiver that could not read the event is sent it again with the same.
        secret: newSecret(),
      };
    },
    // Who answers in the copy answers anew.
    forwarded: (content) => ({ ...content, secret: newSecret() }),
    outgoing: ({ name, description, start, end, location, joinLink, extraGuests, cancelled, secret }) => ({
      ...{ type: 'event', name: String(name), start: new Date(String(start)), secret: String(secret) },
      ...(typeof end === 'string' && { end: new Date(end) }),
      ...(typeof description === 'string' && { description }),
      ...(location !== undefined && { location: location as OutgoingContents['event']['location'] & object }),
      ...(typeof joinLink === 'string' && { joinLink }),
      ...(extraGuests === true && { extraGuests }),
      ...(cancelled === true && { cancelled }),
    }),
  }),
};

const editable = [
  'name',
  'description',
  'start',
  'end',
  'location',
  'joinLink',
  'cancelled',
  'extraGuests',
] as const;

const newSecret = () => randomBytes(32).toString('base64');

/** One that says where on earth it is: with an offset. */
function momentOf(text: string): Date | undefined {
  return momentIn(text, undefined);
}

function placeOf({
  latitude,
  longitude,
  name,
  address,
}: {
  latitude: number;
  longitude: number;
  name?: string | null;
  address?: string | null;
}) {
  return { latitude, longitude, ...(name && { name }), ...(address && { address }) };
}
