import type { proto } from 'baileys';
import { type Content, content, momentOf, toNumber } from './wire-message.ts';

const moment = (seconds: unknown) => momentOf((toNumber(seconds) ?? 0) * 1000);

/**
 * Something that takes place.
 * @param secret what answers to it are sealed with
 */
export function event(
  { eventMessage: wire }: proto.IMessage,
  secret: string | undefined,
): Content | undefined {
  if (!wire) return undefined;
  const { degreesLatitude: latitude, degreesLongitude: longitude, name, address } = wire.location ?? {};
  return content('event', {
    name: wire.name,
    description: wire.description,
    start: moment(wire.startTime),
    end: moment(wire.endTime),
    location: wire.location
      ? { ...content('', { latitude, longitude, name, address }), type: undefined }
      : undefined,
    joinLink: wire.joinLink,
    cancelled: wire.isCanceled || undefined,
    extraGuests: wire.extraGuestsAllowed || undefined,
    secret,
  });
}
