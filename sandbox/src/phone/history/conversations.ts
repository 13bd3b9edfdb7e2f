import { proto } from 'baileys';
import { type Account, lidJid, pnJid } from '../../accounts/account.ts';
import type { Directory } from '../../accounts/directory.ts';
import type { Groups } from '../../groups/groups.ts';
import { chatJid } from '../app-state/names.ts';
import { FOREVER, isArchived, type Picture } from '../app-state/picture.ts';
import type { ChatRow, HistoryRow, HistoryRows, Place } from './rows.ts';
import { type Reactions, webMessage } from './web-message.ts';

const { EndOfHistoryTransferType } = proto.Conversation;
const MUTED_FOREVER_SECONDS = 253_402_300_799;

/** What is needed to tell of chats. */
export interface Telling {
  readonly account: Account;
  readonly directory: Directory;
  readonly groups: Groups;
  readonly rows: HistoryRows;
  readonly picture: Picture;
  readonly reactions: Reactions;
  /** The latest chats, the latest first. */
  readonly chats: ReadonlyMap<string, ChatRow>;
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Messages grouped into their chats, newest first, each chat with its settings. */
export function conversationsOf(telling: Telling, messages: HistoryRow[]): proto.IConversation[] {
  const { account, rows, chats } = telling;
  const byChat = Map.groupBy(messages, (row) => row.chat);
  return [...byChat].flatMap(([chat, group]) => {
    const about = chats.get(chat) ?? rows.chat(account.number, chat);
    return about ? [conversation(telling, about, group)] : [];
  });
}

/** One chat with some of its messages. */
export function conversation(telling: Telling, about: ChatRow, messages: HistoryRow[]): proto.IConversation {
  const { account, directory, rows, reactions } = telling;
  const oldest: Place = messages.at(-1) ?? { timestamp: about.newest + 1, seq: 0 };
  const hasMore = rows.chatPage(account.number, about.chat, oldest, 1).length > 0;
  return {
    id: chatJid(directory, about.chat),
    ...namesOf(telling, about.chat),
    ...settingsOf(telling, about),
    ...lastingOf(telling, about.chat),
    unreadCount: about.unread,
    conversationTimestamp: seconds(about.newest),
    lastMsgTimestamp: seconds(about.newest),
    endOfHistoryTransfer: !hasMore,
    endOfHistoryTransferType: hasMore
      ? EndOfHistoryTransferType.COMPLETE_BUT_MORE_MESSAGES_REMAIN_ON_PRIMARY
      : EndOfHistoryTransferType.COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY,
    messages: messages.map((row) => ({
      message: webMessage(directory, row, reactions),
      msgOrderId: row.seq,
    })),
  };
}

function namesOf({ directory, groups, picture }: Telling, chat: string): Partial<proto.IConversation> {
  const group = groups.find(chat);
  if (group) return { name: group.subject };
  const other = directory.find(chat);
  if (!other) return {};
  return {
    name: picture.contacts.get(pnJid(other)) ?? other.name,
    lidJid: lidJid(other),
    pnJid: pnJid(other),
  };
}

function lastingOf({ account, groups, rows }: Telling, chat: string): Partial<proto.IConversation> {
  const group = groups.find(chat);
  if (group) return group.ephemeral > 0 ? { ephemeralExpiration: group.ephemeral } : {};
  const lasting = rows.lasting(account.number, chat);
  if (!lasting) return {};
  return { ephemeralExpiration: lasting.seconds, ephemeralSettingTimestamp: seconds(lasting.at) };
}

function settingsOf(
  { directory, picture }: Telling,
  { chat, newest }: ChatRow,
): Partial<proto.IConversation> {
  const set = picture.chats.get(chatJid(directory, chat));
  if (!set) return {};
  const { mutedUntil, pinnedAt, markedUnread, locked } = set;
  const muteEndTime = mutedUntil === FOREVER ? MUTED_FOREVER_SECONDS : seconds(mutedUntil ?? 0);
  return {
    archived: isArchived(picture, set, newest),
    markedAsUnread: markedUnread,
    locked,
    ...(mutedUntil !== null && { muteEndTime }),
    ...(pinnedAt !== null && { pinned: seconds(pinnedAt) }),
  };
}
