import type { proto } from 'baileys';
import type { OutgoingMessage } from '../../port.ts';
import { contextOf, type Route } from './context.ts';

const secondsOf = (moment: Date) => Math.floor(moment.getTime() / 1000);

/** Something that takes place; answers to it are sealed with its secret. */
export function event(message: OutgoingMessage<'event'>, route: Route): proto.IMessage {
  const { name, description, start, end, location, joinLink, extraGuests, cancelled, secret } = message;
  return {
    messageContextInfo: { messageSecret: Buffer.from(secret, 'base64') },
    eventMessage: {
      ...{ name, startTime: secondsOf(start), isCanceled: cancelled === true },
      ...{ extraGuestsAllowed: extraGuests === true, isScheduleCall: false },
      ...(end && { endTime: secondsOf(end) }),
      ...(description && { description }),
      ...(joinLink && { joinLink }),
      ...(location && { location: placeOf(location) }),
      ...contextOf(message, route),
    },
  };
}

function placeOf({ latitude, longitude, name, address }: NonNullable<OutgoingMessage<'event'>['location']>) {
  return {
    ...{ degreesLatitude: latitude, degreesLongitude: longitude },
    ...(name && { name }),
    ...(address && { address }),
  };
}
