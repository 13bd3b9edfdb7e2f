import { proto } from 'baileys';
import type { ChatId } from '../../platform/chat-id.ts';
import type { OutgoingMessage, QuotedMessage } from '../port.ts';
import { type Jid, toJid } from './ids.ts';

/** Where a message goes, and the address under which we are known there. */
export interface Route {
  chat: ChatId;
  self: Jid;
}

/**
 * A message as WhatsApp encodes it. The same message always gives the same content: a receiver that could not
 * decrypt it is sent it again, made anew from what was stored.
 */
export function toWire(message: OutgoingMessage, route: Route): proto.IMessage {
  switch (message.type) {
    case 'text':
      return text(message, route);
  }
}

function text(message: Extract<OutgoingMessage, { type: 'text' }>, route: Route): proto.IMessage {
  const { text: body, quoted, expiration } = message;
  if (!quoted && !expiration) return proto.Message.create({ extendedTextMessage: { text: body } });
  const contextInfo = { ...(quoted && quote(quoted, route)), ...(expiration && vanishing(expiration)) };
  return proto.Message.create({ extendedTextMessage: { text: body, contextInfo } });
}

/** Phones take the setting of whoever sends for the newer one when it says so: its moment travels along. */
function vanishing({ seconds, since }: NonNullable<OutgoingMessage['expiration']>): proto.IContextInfo {
  return {
    expiration: seconds,
    ...(since && { ephemeralSettingTimestamp: Math.floor(since.getTime() / 1000) }),
  };
}

function quote({ id, chat, sender, text: body }: QuotedMessage, route: Route): proto.IContextInfo {
  return {
    stanzaId: id,
    participant: sender === 'me' ? route.self : toJid(sender),
    quotedMessage: { conversation: body },
    // Named only when the quoted message stands in another chat, as the phones do.
    ...(chat === route.chat ? {} : { remoteJid: toJid(chat) }),
  };
}
