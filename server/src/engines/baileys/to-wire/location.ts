import type { proto } from 'baileys';
import type { OutgoingMessage } from '../../port.ts';
import { contextOf, type Route } from './context.ts';

export function location(message: OutgoingMessage<'location'>, route: Route): proto.IMessage {
  const { latitude: degreesLatitude, longitude: degreesLongitude, name, address, live } = message;
  const place = { degreesLatitude, degreesLongitude };
  if (live) {
    const { accuracy, speed, heading, caption } = live;
    return {
      liveLocationMessage: {
        ...{ ...place, sequenceNumber: 1 },
        ...(accuracy !== undefined && { accuracyInMeters: accuracy }),
        ...(speed !== undefined && { speedInMps: speed }),
        ...(heading !== undefined && { degreesClockwiseFromMagneticNorth: heading }),
        ...(caption && { caption }),
        ...contextOf(message, route),
      },
    };
  }
  return {
    locationMessage: {
      ...place,
      ...(name && { name }),
      ...(address && { address }),
      ...contextOf(message, route),
    },
  };
}
