import { pnJid } from '../../accounts/account.ts';
import type { Directory } from '../../accounts/directory.ts';

/** A chat as people name it: the number of a person, by whichever JID, or the JID of anything else. */
export function chatName(directory: Directory, jid: string): string {
  return directory.resolve(jid)?.account.number ?? jid.replace(/(:\d+)?@(s\.whatsapp\.net|c\.us)$/, '');
}

/** The JID that stands for a chat in app state and history. */
export function chatJid(directory: Directory, chat: string): string {
  if (chat.includes('@')) return chat;
  const account = directory.find(chat);
  return account ? pnJid(account) : `${chat}@s.whatsapp.net`;
}
