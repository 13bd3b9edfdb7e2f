import type { proto } from 'baileys';
import type { OutgoingMessage } from '../../port.ts';
import { contextOf, type Route } from './context.ts';

export function location(message: OutgoingMessage<'location'>, route: Route): proto.IMessage {
  const { latitude: degreesLatitude, longitude: degreesLongitude, name, address } = message;
  return {
    locationMessage: {
      degreesLatitude,
      degreesLongitude,
      ...(name && { name }),
      ...(address && { address }),
      ...contextOf(message, route),
    },
  };
}
