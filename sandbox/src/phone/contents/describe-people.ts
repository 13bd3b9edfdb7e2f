import type { proto } from 'baileys';
import { amount, type Content, type Description, type PlaceContent, present } from './content.ts';

/** A place. */
export function place(message: proto.Message.ILocationMessage): PlaceContent {
  const { degreesLatitude, degreesLongitude, name, address, url, comment } = message;
  const { accuracyInMeters: accuracy, speedInMps: speed } = message;
  const heading = message.degreesClockwiseFromMagneticNorth;
  return {
    latitude: degrees(degreesLatitude),
    longitude: degrees(degreesLongitude),
    ...present({ name, address, url, comment, accuracy, speed, heading }),
  };
}

const degrees = (value: number | null | undefined): number => (Number.isFinite(value) ? Number(value) : 0);

/** A place somebody shares. */
export function location(message: proto.Message.ILocationMessage): Description {
  const shown = place(message);
  const words = [shown.name, shown.address].filter(Boolean).join(', ');
  return { type: 'location', text: words || coordinates(shown), content: { location: shown } };
}

/** Where somebody is, moment by moment. */
export function liveLocation(message: proto.Message.ILiveLocationMessage): Description {
  const { caption, sequenceNumber } = message;
  const { degreesLatitude, degreesLongitude, accuracyInMeters, speedInMps } = message;
  const { degreesClockwiseFromMagneticNorth } = message;
  const shown = {
    ...place({
      ...{ degreesLatitude, degreesLongitude, accuracyInMeters, speedInMps },
      degreesClockwiseFromMagneticNorth,
    } as proto.Message.ILocationMessage),
    ...present({ sequence: amount(sequenceNumber) }),
  };
  const content = { location: shown, ...present({ caption }) };
  return { type: 'liveLocation', text: caption || coordinates(shown), content };
}

const coordinates = ({ latitude, longitude }: PlaceContent): string => `${latitude}, ${longitude}`;

function card({ displayName, vcard }: proto.Message.IContactMessage) {
  const lines = (vcard ?? '').split(/\r?\n/).filter((line) => /^(?:[\w-]+\.)?TEL[;:]/i.test(line));
  const numbers = lines.map((line) => /waid=(\d+)/i.exec(line)?.[1] ?? line.replace(/^[^:]*:/, '').trim());
  return { name: displayName ?? '', vcard: vcard ?? '', numbers };
}

/** One card of an address book. */
export function contact(message: proto.Message.IContactMessage): Description {
  const shown = card(message);
  return { type: 'contact', text: shown.name, content: { contacts: [shown] } };
}

/** Several cards. */
export function contacts(message: proto.Message.IContactsArrayMessage): Description {
  const shown = (message.contacts ?? []).map(card);
  const names = shown.map(({ name }) => name).join(', ');
  return { type: 'contacts', text: message.displayName || names, content: { contacts: shown } };
}

/** A question with answers to choose from; votes are counted by whoever keeps them. */
export function poll(message: proto.Message.IPollCreationMessage): Description {
  const options = (message.options ?? []).map(({ optionName }) => ({
    name: optionName ?? '',
    votes: 0,
    voters: [],
  }));
  const question = message.name ?? '';
  const selectable = message.selectableOptionsCount ?? 0;
  return { type: 'poll', text: question, content: { poll: { question, selectable, options } } };
}

/** Something that takes place. */
export function event(message: proto.Message.IEventMessage): Description {
  const { description, startTime, endTime, joinLink, isCanceled, extraGuestsAllowed } = message;
  const [start, end] = [startTime, endTime].map((seconds) => (amount(seconds) ?? 0) * 1000 || undefined);
  const shown: Content['event'] = {
    name: message.name ?? '',
    ...present({ description, start, end, joinLink }),
    ...(message.location && { location: place(message.location) }),
    ...present({ cancelled: isCanceled || undefined, extraGuests: extraGuestsAllowed || undefined }),
  };
  return { type: 'event', text: shown.name, content: { event: shown } };
}

/** An invitation into a group. */
export function groupInvite(message: proto.Message.IGroupInviteMessage): Description {
  const { groupJid, groupName: name, inviteCode, inviteExpiration, caption } = message;
  const seconds = amount(inviteExpiration);
  const expiresAt = seconds === undefined ? undefined : seconds * 1000;
  const invite = {
    group: groupJid ?? '',
    code: inviteCode ?? '',
    ...present({ name, expiresAt }),
  };
  return { type: 'groupInvite', text: caption || name || '', content: { invite, ...present({ caption }) } };
}
