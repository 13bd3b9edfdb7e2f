import { proto } from 'baileys';
import { contextOf, partOf, unwrap } from './unwrap.ts';

/** Puts what a message refers to into it; a plain text becomes one that can hold it. */
export function withContext(message: proto.IMessage, context: proto.IContextInfo): proto.IMessage {
  if (Object.keys(context).length === 0) return message;
  const { conversation, ...rest } = message;
  if (conversation) return { ...rest, extendedTextMessage: { text: conversation, contextInfo: context } };
  const part = partOf(message);
  if (!part) return message;
  return { ...message, [part.field]: { ...(part.value as object), contextInfo: context } };
}

const { Initiator, Trigger } = proto.DisappearingMode;

/** Says that a chat begins with how long messages last by the default of who writes first. */
export const begunByDefault = (): proto.IContextInfo => ({
  disappearingMode: { initiator: Initiator.INITIATED_BY_ME, trigger: Trigger.ACCOUNT_SETTING },
});

/** Seconds that the messages of a chat last which a message begins by default; undefined when it says nothing of it. */
export function lastingFrom(outer: proto.IMessage): number | undefined {
  const { expiration, disappearingMode } = contextOf(unwrap(outer).message) ?? {};
  const isDefault = disappearingMode?.trigger === Trigger.ACCOUNT_SETTING;
  return isDefault && expiration ? expiration : undefined;
}

/** Wraps a message that vanishes, as phones do. */
export function vanishing(message: proto.IMessage): proto.IMessage {
  const { messageContextInfo, ...inner } = message;
  const wrapped = { ephemeralMessage: { message: inner } };
  return messageContextInfo ? { ...wrapped, messageContextInfo } : wrapped;
}

/** Wraps a file that may be looked at once. */
export function viewOnce(message: proto.IMessage): proto.IMessage {
  const { imageMessage, videoMessage, audioMessage } = message;
  if (imageMessage) imageMessage.viewOnce = true;
  if (videoMessage) videoMessage.viewOnce = true;
  if (audioMessage) audioMessage.viewOnce = true;
  return audioMessage ? { viewOnceMessageV2Extension: { message } } : { viewOnceMessageV2: { message } };
}

/** What an answer repeats of the message it answers. */
export function quotation(outer: proto.IMessage): proto.IMessage {
  const { message } = unwrap(proto.Message.decode(proto.Message.encode(outer).finish()));
  const part = partOf(message);
  if (!part) return { conversation: '' };
  if (typeof part.value === 'object') (part.value as { contextInfo?: unknown }).contextInfo = undefined;
  return { [part.field]: part.value };
}
