import type { proto } from 'baileys';
import type { OutgoingMessage } from '../../port.ts';
import { toJid } from '../ids.ts';
import { contextOf, type Route } from './context.ts';

export function groupInvite(message: OutgoingMessage<'group-invite'>, route: Route): proto.IMessage {
  const { group, name: groupName, code: inviteCode, until, caption } = message;
  return {
    groupInviteMessage: {
      ...{ groupJid: toJid(group), groupName, inviteCode },
      inviteExpiration: Math.floor(until.getTime() / 1000),
      ...(caption && { caption }),
      ...contextOf(message, route),
    },
  };
}
