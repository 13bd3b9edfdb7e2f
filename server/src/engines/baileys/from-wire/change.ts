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

const { PIN_FOR_ALL, UNPIN_FOR_ALL } = proto.Message.PinInChatMessage.Type;
/** As long as phones pin a message that does not say for how long. */
const pinSeconds = 7 * 86_400;
const pinSecondsMax = 30 * 86_400;

/** A message is pinned for everybody, for so many seconds; 0 takes the pin off. The length stands beside the message. */
export function pinned(
  { pinInChatMessage: wire }: proto.IMessage,
  outer: proto.IMessage,
): Content | undefined {
  if (!wire || ![PIN_FOR_ALL, UNPIN_FOR_ALL].includes(wire.type as number)) return undefined;
  const said = outer.messageContextInfo?.messageAddOnDurationInSecs || pinSeconds;
  return {
    ...content('pinned', { targetId: targetOf(wire.key), sentAt: momentOf(wire.senderTimestampMs) }),
    seconds: wire.type === PIN_FOR_ALL ? Math.min(said, pinSecondsMax) : 0,
  };
}

/** A message that disappears is kept for everybody, or no longer. */
export function kept({ keepInChatMessage: wire }: proto.IMessage): Content | undefined {
  if (!wire) return undefined;
  return {
    ...content('kept', { targetId: targetOf(wire.key), sentAt: momentOf(wire.timestampMs) }),
    kept: wire.keepType === proto.KeepType.KEEP_FOR_ALL,
  };
}

/** Whether somebody comes to an event is sealed with a secret of the event itself; see `sealed.ts`. */
export function eventResponse({ encEventResponseMessage: wire }: proto.IMessage): Content | undefined {
  return wire ? content('event-response', { targetId: targetOf(wire.eventCreationMessageKey) }) : undefined;
}

const { EVENT_EDIT, MESSAGE_EDIT } = proto.Message.SecretEncryptedMessage.SecretEncType;

/** An edit or a reaction that is sealed with a secret of the message it is about. */
export function sealedChange({
  secretEncryptedMessage: secret,
  encReactionMessage: emoji,
}: proto.IMessage): Content | undefined {
  const isEdit = secret && [EVENT_EDIT, MESSAGE_EDIT].includes(secret.secretEncType as number);
  if (isEdit) return content('edited', { targetId: targetOf(secret.targetMessageKey) });
  if (secret) return content('deed', { deed: 'sealed', targetId: targetOf(secret.targetMessageKey) });
  return emoji ? content('reaction', { targetId: targetOf(emoji.targetMessageKey) }) : undefined;
}
