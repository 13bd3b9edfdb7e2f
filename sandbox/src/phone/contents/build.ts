import { randomBytes } from 'node:crypto';
import { proto } from 'baileys';
import { ContentRefused, type NewCard, type NewMedia, type NewShown } from './new-message.ts';

/** What can be built without a file or a group to look at. */
type Plain = Exclude<NewShown, NewMedia | { type: 'groupInvite' }>;
type Builders = { [K in Plain['type']]: (body: Extract<Plain, { type: K }>) => proto.IMessage };

const BUILDERS: Builders = {
  text: ({ text, preview }) => {
    if (!preview) return { conversation: text };
    const { url: matchedText, title, description, thumbnail } = preview;
    const jpegThumbnail = thumbnail ? Buffer.from(thumbnail, 'base64') : undefined;
    return {
      extendedTextMessage: {
        ...{ text, matchedText, title, description, previewType: 0 },
        ...(jpegThumbnail && { jpegThumbnail }),
      } as proto.Message.IExtendedTextMessage,
    };
  },
  location: ({ accuracy, comment, ...where }) => ({
    locationMessage: {
      ...placeFrom(where),
      ...(comment !== undefined && { comment }),
      ...(accuracy !== undefined && { accuracyInMeters: accuracy }),
    },
  }),
  liveLocation: ({ latitude, longitude, caption, accuracy, speed, heading, sequence }) => ({
    liveLocationMessage: proto.Message.LiveLocationMessage.create({
      degreesLatitude: latitude,
      degreesLongitude: longitude,
      sequenceNumber: sequence ?? 1,
      ...(caption !== undefined && { caption }),
      ...(accuracy !== undefined && { accuracyInMeters: accuracy }),
      ...(speed !== undefined && { speedInMps: speed }),
      ...(heading !== undefined && { degreesClockwiseFromMagneticNorth: heading }),
    }),
  }),
  contact: (card) => ({ contactMessage: cardFrom(card) }),
  contacts: ({ contacts }) => ({
    contactsArrayMessage: { displayName: `${contacts.length} contacts`, contacts: contacts.map(cardFrom) },
  }),
  poll: ({ question: name, options, selectable = 1 }) => {
    if (new Set(options).size < options.length)
      throw new ContentRefused(400, 'VALIDATION_ERROR', 'Two options of the poll are the same.');
    if (selectable > options.length)
      throw new ContentRefused(
        400,
        'VALIDATION_ERROR',
        `There are only ${options.length} options to choose from.`,
      );
    const poll = {
      ...{ name, selectableOptionsCount: selectable },
      options: options.map((optionName) => ({ optionName })),
    };
    const field = selectable === 1 ? 'pollCreationMessageV3' : 'pollCreationMessage';
    return { [field]: poll, messageContextInfo: { messageSecret: randomBytes(32) } };
  },
  event: ({ name, description, start, end, location, joinLink, cancelled = false, extraGuests = false }) => ({
    eventMessage: {
      ...{
        name,
        startTime: Math.floor(start / 1000),
        isCanceled: cancelled,
        extraGuestsAllowed: extraGuests,
      },
      ...(end !== undefined && { endTime: Math.floor(end / 1000) }),
      ...(description !== undefined && { description }),
      ...(joinLink !== undefined && { joinLink }),
      ...(location && { location: placeFrom(location) }),
    },
    messageContextInfo: { messageSecret: randomBytes(32) },
  }),
  disappearing: ({ seconds }) => ({
    ephemeralMessage: {
      message: {
        protocolMessage: {
          type: proto.Message.ProtocolMessage.Type.EPHEMERAL_SETTING,
          ephemeralExpiration: seconds,
        },
      },
    },
  }),
};

/** The message for what a person composes. */
export function build(body: Plain): proto.IMessage {
  return (BUILDERS[body.type] as (each: Plain) => proto.IMessage)(body);
}

function placeFrom(place: {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
  url?: string;
}): proto.Message.ILocationMessage {
  const { latitude, longitude, name, address, url } = place;
  return {
    degreesLatitude: latitude,
    degreesLongitude: longitude,
    ...(name !== undefined && { name }),
    ...(address !== undefined && { address }),
    ...(url !== undefined && { url }),
  };
}

function cardFrom({ name, number, vcard }: NewCard): proto.Message.IContactMessage {
  if (vcard !== undefined) return { displayName: name, vcard };
  const digits = number?.replace(/\D/g, '');
  if (!digits)
    throw new ContentRefused(400, 'VALIDATION_ERROR', `The contact "${name}" needs a number or a vcard.`);
  const phone = `TEL;type=CELL;type=VOICE;waid=${digits}:+${digits}`;
  const lines = ['BEGIN:VCARD', 'VERSION:3.0', `N:;${name};;;`, `FN:${name}`, phone, 'END:VCARD'];
  return { displayName: name, vcard: lines.join('\n') };
}
