import { proto } from 'baileys';

/** What a person sees of a message, or what it does to an earlier one. */
type Content =
  | { is: 'shown'; type: string; text: string }
  | { is: 'revoked'; id: string }
  | { is: 'edited'; id: string; text: string }
  | { is: 'hidden' };

const HIDDEN = new Set(['senderKeyDistributionMessage', 'messageContextInfo', 'protocolMessage']);

/** Reads a decrypted message the way a phone would. */
export function contentOf(message: proto.IMessage): Content {
  const { protocolMessage } = message;
  if (protocolMessage) return protocolContent(protocolMessage);
  const wrapped = message.ephemeralMessage ?? message.viewOnceMessage ?? message.documentWithCaptionMessage;
  if (wrapped?.message) return contentOf(wrapped.message);
  if (message.editedMessage?.message) return contentOf(message.editedMessage.message);
  if (typeof message.conversation === 'string')
    return { is: 'shown', type: 'text', text: message.conversation };
  if (message.extendedTextMessage)
    return { is: 'shown', type: 'text', text: message.extendedTextMessage.text ?? '' };
  if (message.reactionMessage)
    return { is: 'shown', type: 'reaction', text: message.reactionMessage.text ?? '' };
  return otherContent(message);
}

function protocolContent(message: proto.Message.IProtocolMessage): Content {
  const id = message.key?.id;
  if (id && message.type === proto.Message.ProtocolMessage.Type.REVOKE) return { is: 'revoked', id };
  if (id && message.type === proto.Message.ProtocolMessage.Type.MESSAGE_EDIT && message.editedMessage) {
    const edited = contentOf(message.editedMessage);
    return { is: 'edited', id, text: edited.is === 'shown' ? edited.text : '' };
  }
  return { is: 'hidden' };
}

function otherContent(message: proto.IMessage): Content {
  for (const [field, value] of Object.entries(message)) {
    if (!value || HIDDEN.has(field)) continue;
    const { caption, name, displayName } = value as { caption?: string; name?: string; displayName?: string };
    return {
      is: 'shown',
      type: field.replace(/(Message)?(V\d)?$/, ''),
      text: caption ?? name ?? displayName ?? '',
    };
  }
  return { is: 'hidden' };
}

/** The id and text of the message that this one answers, as a person sees them above the answer. */
export function quoteIn(message: proto.IMessage): { id: string; text: string } | undefined {
  for (const part of Object.values(message)) {
    const context = (part as { contextInfo?: proto.IContextInfo } | null)?.contextInfo;
    if (!context?.stanzaId) continue;
    const quoted = context.quotedMessage ? contentOf(context.quotedMessage) : undefined;
    return { id: context.stanzaId, text: quoted?.is === 'shown' ? quoted.text : '' };
  }
  return undefined;
}

/** A text message. */
export function textMessage(text: string): proto.IMessage {
  return { conversation: text };
}
