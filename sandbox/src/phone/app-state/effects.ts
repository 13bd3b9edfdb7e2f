import type { ChatMutation, proto } from 'baileys';
import type { Account } from '../../accounts/account.ts';
import type { Directory } from '../../accounts/directory.ts';
import type { Inbox } from '../inbox.ts';
import { chatName } from './names.ts';

/** The last moment of the second up to which a change speaks of a chat's messages, in milliseconds; all when it does not say. */
function endOf(range: proto.SyncActionValue.ISyncActionMessageRange | null | undefined): number {
  const seconds = Number(range?.lastMessageTimestamp ?? 0);
  return seconds > 0 ? seconds * 1000 + 999 : Number.MAX_SAFE_INTEGER;
}

/** What a change, when it is first read, does to the phone beyond its settings: messages go, are read, the person is renamed. */
export function takeEffect(
  account: Account,
  { index, syncAction }: ChatMutation,
  { inbox, directory }: { readonly inbox: Inbox; readonly directory: Directory },
): void {
  const [kind, jid = '', id = ''] = index;
  const { number } = account;
  const chat = chatName(directory, jid);
  const { value } = syncAction;
  switch (kind) {
    case 'clearChat':
      inbox.clear(number, chat, endOf(value?.clearChatAction?.messageRange));
      return;
    case 'deleteChat':
      inbox.clear(number, chat, endOf(value?.deleteChatAction?.messageRange));
      return;
    case 'deleteMessageForMe':
      inbox.remove(number, chat, id);
      return;
    case 'markChatAsRead':
      if (value?.markChatAsReadAction?.read)
        inbox.markRead(number, chat, endOf(value.markChatAsReadAction.messageRange));
      return;
    case 'setting_pushName':
      if (value?.pushNameSetting?.name) directory.rename(account, value.pushNameSetting.name);
  }
}
