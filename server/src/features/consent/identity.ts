import { createHmac } from 'node:crypto';
import { type ChatId, phoneChat, phoneOf } from '../../platform/chat-id.ts';
import type { Vault } from '../../platform/crypto.ts';
import { formsOf } from '../../platform/number-forms.ts';

/** Under which names somebody may be on a list: every form of their number, and what is kept of who was forgotten. */
export interface Identities {
  namesOf(chat: ChatId): string[];
  /** What is kept of somebody who asked to be forgotten. */
  hashOf(chat: ChatId): string;
}

const forgotten = 'forgotten:';

/** Whether a name is all that is kept of somebody who asked to be forgotten. */
export const isOfForgotten = (name: string): boolean => name.startsWith(forgotten);

export function createIdentities(vault: Pick<Vault, 'derive'>): Identities {
  const key = vault.derive('opt-outs');
  const hashOf = (chat: ChatId) =>
    `${forgotten}${createHmac('sha256', key).update(chat).digest('base64url').slice(0, 32)}`;
  return {
    hashOf,
    namesOf(chat) {
      const phone = phoneOf(chat);
      const chats = phone ? formsOf(phone).map(phoneChat) : [chat];
      return [...chats, ...chats.map(hashOf)];
    },
  };
}
