import { proto } from 'baileys';
import { chatKind } from '../../../platform/chat-id.ts';
import type { OutgoingChange, Target } from '../../port.ts';
import { toJid } from '../ids.ts';
import type { Route } from './context.ts';

const { PIN_FOR_ALL, UNPIN_FOR_ALL } = proto.Message.PinInChatMessage.Type;
const { KEEP_FOR_ALL, UNDO_KEEP_FOR_ALL } = proto.KeepType;
const { REVOKE, MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type;

export function reaction({ emoji, target, at }: OutgoingChange<'reaction'>, route: Route): proto.IMessage {
  return { reactionMessage: { key: keyOf(target, route), text: emoji, senderTimestampMs: at.getTime() } };
}

export function revoked({ target }: OutgoingChange<'revoked'>, route: Route): proto.IMessage {
  return { protocolMessage: { key: keyOf(target, route), type: REVOKE } };
}

export function pinned({ seconds, target, at }: OutgoingChange<'pinned'>, route: Route): proto.IMessage {
  const type = seconds > 0 ? PIN_FOR_ALL : UNPIN_FOR_ALL;
  return {
    pinInChatMessage: { key: keyOf(target, route), type, senderTimestampMs: at.getTime() },
    messageContextInfo: { messageAddOnDurationInSecs: seconds },
  };
}

export function kept({ kept: isKept, target, at }: OutgoingChange<'kept'>, route: Route): proto.IMessage {
  const keepType = isKept ? KEEP_FOR_ALL : UNDO_KEEP_FOR_ALL;
  return { keepInChatMessage: { key: keyOf(target, route), keepType, timestampMs: at.getTime() } };
}

/** @param editedMessage what it says now */
export function edited(
  { target, at }: OutgoingChange<'edited'>,
  editedMessage: proto.IMessage,
  route: Route,
): proto.IMessage {
  const key = keyOf(target, route);
  return { protocolMessage: { key, type: MESSAGE_EDIT, editedMessage, timestampMs: at.getTime() } };
}

/** Phones find a message by chat and id, in groups that of another also by who wrote it. */
function keyOf({ id, sender }: Target, { chat, people }: Route): proto.IMessageKey {
  const key = { remoteJid: toJid(chat), fromMe: sender === 'me', id };
  if (sender === 'me' || chatKind(chat) === 'user') return key;
  return { ...key, participant: people?.get(sender) ?? toJid(sender) };
}
