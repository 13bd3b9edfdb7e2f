import { proto } from 'baileys';
import type { ChatId } from '../../platform/chat-id.ts';
import type { OutgoingMessage, QuotedMessage } from '../port.ts';
import { type Jid, toJid } from './ids.ts';
import { withNames } from './mentions.ts';

/** Where a message goes, and the address under which we are known there. */
export interface Route {
  chat: ChatId;
  self: Jid;
  /** How the people whom the message mentions are named there. */
  mentions?: ReadonlyMap<ChatId, Jid>;
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
  const { quoted, expiration, mentions = [] } = message;
  const names = route.mentions ?? new Map<ChatId, Jid>();
  const body = withNames(message.text, names);
  const contextInfo = {
    ...(quoted && quote(quoted, route)),
    ...(expiration && vanishing(expiration)),
    ...(mentions.length > 0 && {
      mentionedJid: mentions.map((person) => names.get(person) ?? toJid(person)),
    }),
  };
  if (Object.keys(contextInfo).length === 0) {
    return proto.Message.create({ extendedTextMessage: { text: body } });
  }
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
