import type { proto } from 'baileys';
import { type Content, content, toNumber } from './wire-message.ts';

/** A place, or where somebody is right now (`live`). Degrees. */
export function location(message: proto.IMessage): Content | undefined {
  const { locationMessage: place, liveLocationMessage: live } = message;
  const wire = place ?? live;
  if (!wire) return undefined;
  return content('location', {
    latitude: wire.degreesLatitude,
    longitude: wire.degreesLongitude,
    name: place?.name,
    address: place?.address,
    url: place?.url,
    caption: live?.caption,
    accuracy: wire.accuracyInMeters,
    speed: wire.speedInMps,
    heading: wire.degreesClockwiseFromMagneticNorth,
    sequence: toNumber(live?.sequenceNumber),
    comment: place?.comment,
    live: live || place?.isLive ? true : undefined,
  });
}
