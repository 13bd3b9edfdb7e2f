import type { proto } from 'baileys';
import { toChat } from '../ids.ts';
import { type Content, content, momentOf, toNumber } from './wire-message.ts';

/** Somebody invites the profile into a group. */
export function groupInvite({ groupInviteMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  return content('group-invite', {
    group: toChat(wire.groupJid),
    name: wire.groupName,
    code: wire.inviteCode,
    invitedUntil: momentOf((toNumber(wire.inviteExpiration) ?? 0) * 1000),
    caption: wire.caption,
  });
}
