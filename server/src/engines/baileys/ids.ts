import { randomBytes } from 'node:crypto';
import {
  type ChatId,
  chatKind,
  chatOfAddress,
  lidOf,
  localPart,
  phoneOf,
  tryParseChatId,
} from '../../platform/chat-id.ts';
import type { EngineMessageId, Person } from '../port.ts';
import { wellFormedId } from './well-formed.ts';

/** WhatsApp's own form of an address; it never leaves this folder. */
export type Jid = string;

/** The address under which WhatsApp's network knows a chat. */
export function toJid(chat: ChatId): Jid {
  const phone = phoneOf(chat);
  return phone === undefined ? chat : `${phone}@s.whatsapp.net`;
}

/** Our form of an address, without the device; undefined for what is not a chat (a server, a hosted device's). */
export function toChat(jid: Jid | null | undefined): ChatId | undefined {
  if (!jid) return undefined;
  const hosted = jid.replace(/@hosted\.lid$/, '@lid').replace(/@hosted$/, '@s.whatsapp.net');
  // Agent and device (`user_1:5@`) name one device of a person; a chat is with the person.
  return chatOfAddress(hosted.replace(/_\d+(?=[:@])/, ''));
}

/** A person named by up to two addresses, in either order. */
export function toPerson(jids: (Jid | null | undefined)[], name?: string | null): Person {
  const person: Person = {};
  for (const jid of jids) {
    const chat = toChat(jid);
    if (!chat || chatKind(chat) !== 'user') continue;
    if (lidOf(chat)) person.lid ??= chat;
    else person.phone ??= chat;
  }
  if (name) person.name = name;
  return person;
}

/** The phone number and linked identity of one person, when the two addresses are one of each. */
export function toPair(jid: Jid, otherJid: Jid): { phone: ChatId; lid: ChatId } | undefined {
  const { phone, lid } = toPerson([jid, otherJid]);
  return phone && lid ? { phone, lid } : undefined;
}

/** Whether both name the same chat, whatever the device. */
export function isSameChat(a: Jid | null | undefined, b: Jid | null | undefined): boolean {
  const chat = toChat(a);
  return chat !== undefined && chat === toChat(b);
}

/** Bare digits, as pairing by code wants the phone number. */
export function toDigits(phone: string): string {
  const chat = tryParseChatId(phone, 'ID');
  return chat ? localPart(chat) : phone.replace(/\D/g, '');
}

/** Message ids as WhatsApp Web makes them: `3EB0` and 18 hex digits. */
export function newMessageId(): EngineMessageId {
  return toMessageId(`3EB0${randomBytes(9).toString('hex').toUpperCase()}`);
}

export function toMessageId(id: string): EngineMessageId {
  return wellFormedId(id) as EngineMessageId;
}
