import { proto } from 'baileys';
import type { Description } from './content.ts';

type Notice = proto.Message.IProtocolMessage;

const { Type } = proto.Message.ProtocolMessage;
const DAY_SECONDS = 86_400;

const NOTICES = new Map<unknown, (notice: Notice) => Description>([
  [Type.EPHEMERAL_SETTING, disappearing],
  [Type.LIMIT_SHARING, limitSharing],
  [Type.SHARE_PHONE_NUMBER, sharePhoneNumber],
]);

/** Whether a protocol message of this type is seen in the chat; the others are only for programs. */
export const isNotice = (type: Notice['type']): boolean => NOTICES.has(type);

/** A line in the middle of the chat: what somebody has set there, or shared. */
export function notice(message: Notice): Description {
  const known = NOTICES.get(message.type);
  return known?.(message) ?? { type: 'protocol', text: '', content: { field: 'protocolMessage' } };
}

/** How long the messages of a chat last from now on. */
function disappearing({ ephemeralExpiration }: Notice): Description {
  const seconds = ephemeralExpiration ?? 0;
  const time = seconds % DAY_SECONDS === 0 ? `${seconds / DAY_SECONDS} days` : `${seconds} seconds`;
  const words =
    seconds === 0
      ? 'Messages no longer disappear.'
      : `Messages disappear after ${time.replace(/^(1 \w+)s$/, '$1')}.`;
  return { type: 'disappearing', text: words, content: { expiration: seconds } };
}

/** Whether what is said in a chat may be taken out of it. */
function limitSharing({ limitSharing: setting }: Notice): Description {
  const sharingLimited = setting?.sharingLimited === true;
  const words = sharingLimited ? 'Sharing out of this chat is limited.' : 'Sharing out of this chat is free.';
  return { type: 'limitSharing', text: words, content: { sharingLimited } };
}

/** Somebody lets the other see its number. */
function sharePhoneNumber(): Description {
  return { type: 'sharePhoneNumber', text: 'The phone number is shared.', content: {} };
}
