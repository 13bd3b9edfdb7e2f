import { pnJid } from '../../accounts/account.ts';
import type { Directory } from '../../accounts/directory.ts';

/** A chat as people name it: the number of a person, by whichever JID, or the JID of anything else. */
export function chatName(directory: Directory, jid: string): string {
  return directory.resolve(jid)?.account.number ?? jid.replace(/(:\d+)?@(s\.whatsapp\.net|c\.us)$/, '');
}

/** The one JID of a chat that clients may name by LID, by number or by one of its devices. Words that are no JIDs stay. */
export function oneJid(directory: Directory, word: string): string {
  return word.includes('@') ? chatJid(directory, chatName(directory, word)) : word;
}

/** The JID that stands for a chat in app state and history. */
export function chatJid(directory: Directory, chat: string): string {
  if (chat.includes('@')) return chat;
  const account = directory.find(chat);
  return account ? pnJid(account) : `${chat}@s.whatsapp.net`;
}
