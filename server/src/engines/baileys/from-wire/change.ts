import { proto } from 'baileys';
import { type Content, content, targetOf } from './wire-message.ts';

const kinds = proto.Message.ProtocolMessage.Type;

/** The sender, or a group's admin, took a message back. */
export function revoked({ protocolMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire?.key || (wire.type ?? kinds.REVOKE) !== kinds.REVOKE) return undefined;
  return content('revoked', { targetId: targetOf(wire.key) });
}

/** Somebody set how long the messages of a chat last; the value is the message's own `expiration`. */
export function expirationSet({ protocolMessage: wire }: proto.IMessage): Content | undefined {
  return wire?.type === kinds.EPHEMERAL_SETTING ? content('expiration-set', {}) : undefined;
}

/** A message got a new content; `read` understands that content. */
export function edited(
  { protocolMessage: wire }: proto.IMessage,
  read: (message: proto.IMessage) => Content | undefined,
): Content | undefined {
  if (wire?.type !== kinds.MESSAGE_EDIT || !wire.editedMessage) return undefined;
  return content('edited', { targetId: targetOf(wire.key), content: read(wire.editedMessage) });
}
