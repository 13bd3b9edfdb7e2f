import type { Conversation, ConversationItem, Message, Profile } from '@multiwa/sdk';

/** The digits of an address, as people read them. */
export const numberOf = (address: string | null): string | undefined =>
  address && /^\d+@c\.us$/.test(address) ? `+${address.split('@')[0]}` : undefined;

/** What a conversation is called; its number where nobody has named it. */
export function nameOf(
  { name, contactName, contactPhone, chatId }: ConversationItem | Conversation,
  unknown: string,
): string {
  return contactName || name || (contactPhone && `+${contactPhone}`) || numberOf(chatId) || unknown;
}

/** Who wrote a message. */
export function senderOf({ senderName, senderJid }: Message, unknown: string): string {
  return senderName || numberOf(senderJid) || unknown;
}

export const nameOfProfile = ({ name, displayName }: Profile): string => displayName || name;

/** One letter or two for a picture that is not there. */
export function initialsOf(name: string): string {
  const letters = name.match(/\p{L}/gu);
  if (!letters) return '#';
  const [one = '', other = ''] = name
    .split(/\s+/)
    .map((word) => word.match(/\p{L}/u)?.[0] ?? '')
    .filter(Boolean);
  return (one + other).toLocaleUpperCase();
}
