import type { proto } from 'baileys';
import type { ChatId } from '../../../platform/chat-id.ts';
import type { OutgoingContext, QuotedMessage } from '../../port.ts';
import { type Jid, toJid } from '../ids.ts';
import type { Upload } from '../media/uploads.ts';
import { withNames } from '../mentions.ts';
import { quotedContent } from './quoted.ts';

/** Where a message goes, and the address under which we are known there. */
export interface Route {
  chat: ChatId;
  self: Jid;
  /** How the people whom the message names are addressed there. */
  people?: ReadonlyMap<ChatId, Jid>;
  /** Where the file of the message lies at the network. */
  upload?: Upload | undefined;
}

/** What goes with a message of any kind, as a part of its content; none when there is nothing. */
export function contextOf(
  { quoted, expiration, forwardingScore, mentions = [], mentionsAll }: OutgoingContext,
  route: Route,
): { contextInfo?: proto.IContextInfo } {
  const names = namesOf(route);
  const contextInfo = {
    ...(quoted && quote(quoted, route)),
    ...(expiration && vanishing(expiration)),
    ...(forwardingScore && { isForwarded: true, forwardingScore }),
    ...(mentions.length > 0 && {
      mentionedJid: mentions.map((person) => names.get(person) ?? toJid(person)),
    }),
    ...(mentionsAll && { nonJidMentions: 1 }),
  };
  return Object.keys(contextInfo).length > 0 ? { contextInfo } : {};
}

/** The text with the names by which the chat mentions people. */
export function wordsFor(text: string, route: Route): string {
  return withNames(text, namesOf(route));
}

const namesOf = (route: Route) => route.people ?? new Map<ChatId, Jid>();

/** Of two expiration settings phones take the newer one, so the message says since when ours holds. */
function vanishing({ seconds, since }: NonNullable<OutgoingContext['expiration']>): proto.IContextInfo {
  return {
    expiration: seconds,
    ...(since && { ephemeralSettingTimestamp: Math.floor(since.getTime() / 1000) }),
  };
}

function quote(quoted: QuotedMessage, route: Route): proto.IContextInfo {
  const { id, chat, sender } = quoted;
  return {
    stanzaId: id,
    participant: sender === 'me' ? route.self : (namesOf(route).get(sender) ?? toJid(sender)),
    quotedMessage: quotedContent(quoted),
    // Only when the quoted message is in another chat, as the phones do.
    ...(chat === route.chat ? {} : { remoteJid: toJid(chat) }),
  };
}
