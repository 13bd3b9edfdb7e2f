import type { proto } from 'baileys';
import { type Content, content } from './wire-message.ts';

/** One or several contact cards, as vCards. */
export function contact({ contactMessage, contactsArrayMessage }: proto.IMessage): Content | undefined {
  const cards = contactMessage ? [contactMessage] : contactsArrayMessage?.contacts;
  if (!cards) return undefined;
  const contacts = cards.map(({ displayName, vcard }) => ({ name: displayName ?? '', vcard: vcard ?? '' }));
  return content('contact', { contacts });
}
