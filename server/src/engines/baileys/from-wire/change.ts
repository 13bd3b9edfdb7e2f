import { proto } from 'baileys';
import { type Content, content, momentOf, targetOf } from './wire-message.ts';

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
  const sentAt = momentOf(wire.timestampMs);
  return content('edited', { targetId: targetOf(wire.key), content: read(wire.editedMessage), sentAt });
}

/**
 * Other actions on a message that show nothing of their own: it is pinned or kept, or gets an answer encrypted with a
 * secret of the message.
 */
export function deed(message: proto.IMessage): Content | undefined {
  const { pinInChatMessage: pin, keepInChatMessage: keep, secretEncryptedMessage: secret } = message;
  const { encReactionMessage: reaction, encEventResponseMessage: response } = message;
  const action =
    (pin && { deed: 'pin', key: pin.key }) ??
    (keep && { deed: 'keep', key: keep.key }) ??
    (secret && { deed: 'sealed-edit', key: secret.targetMessageKey }) ??
    (reaction && { deed: 'sealed-reaction', key: reaction.targetMessageKey }) ??
    (response && { deed: 'sealed-response', key: response.eventCreationMessageKey });
  return action ? content('deed', { deed: action.deed, targetId: targetOf(action.key) }) : undefined;
}
