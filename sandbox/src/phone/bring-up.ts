import { deflateSync } from 'node:zlib';
import { proto } from 'baileys';
import { type Account, lidJid, pnJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { appStateKey } from './app-state/key.ts';
import type { Inbox } from './inbox.ts';

const { HistorySyncType, Type } = {
  HistorySyncType: proto.HistorySync.HistorySyncType,
  Type: proto.Message.ProtocolMessage.Type,
};
const MESSAGES_MAX = 200;
const RECENT_COMPLETE = 100;

/** What a phone tells a companion it has just been linked to, in this order: app-state key, then history. */
export function bringUpMessages(account: Account, directory: Directory, inbox: Inbox): proto.IMessage[] {
  const bootstrap = historyOf(account, directory, inbox);
  return [
    appStateKeyShare(account),
    history({
      ...bootstrap,
      syncType: HistorySyncType.INITIAL_BOOTSTRAP,
      chunkOrder: 1,
      progress: RECENT_COMPLETE,
    }),
    history({
      syncType: HistorySyncType.PUSH_NAME,
      pushnames: [{ id: pnJid(account), pushname: account.name }],
    }),
    history({
      syncType: HistorySyncType.RECENT,
      conversations: [],
      chunkOrder: 1,
      progress: RECENT_COMPLETE,
    }),
  ];
}

function protocol(protocolMessage: proto.Message.IProtocolMessage): proto.IMessage {
  return { protocolMessage };
}

function appStateKeyShare(account: Account): proto.IMessage {
  const { keyId, keyData } = appStateKey(account);
  const type = Type.APP_STATE_SYNC_KEY_SHARE;
  return protocol({ type, appStateSyncKeyShare: { keys: [{ keyId: { keyId }, keyData }] } });
}

function history(sync: proto.IHistorySync): proto.IMessage {
  const payload = deflateSync(proto.HistorySync.encode(sync).finish());
  return protocol({
    type: Type.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      syncType: sync.syncType as unknown as proto.Message.HistorySyncType,
      chunkOrder: sync.chunkOrder ?? 1,
      progress: sync.progress ?? RECENT_COMPLETE,
      initialHistBootstrapInlinePayload: payload,
      fileLength: payload.length,
    },
  });
}

function historyOf(account: Account, directory: Directory, inbox: Inbox): Partial<proto.IHistorySync> {
  const recent = inbox.recent(account.number, MESSAGES_MAX);
  const unread = new Map(inbox.chats(account.number).map((chat) => [chat.chat, chat.unread]));
  const chats = [...new Set(recent.map((message) => message.chat))];
  const conversations = chats.flatMap((chat): proto.IConversation[] => {
    const other = directory.find(chat);
    if (!other) return [];
    const messages = recent.filter((message) => message.chat === chat).reverse();
    const newest = messages[0]?.timestamp ?? Date.now();
    return [
      {
        id: pnJid(other),
        name: other.name,
        lidJid: lidJid(other),
        pnJid: pnJid(other),
        unreadCount: unread.get(chat) ?? 0,
        conversationTimestamp: Math.floor(newest / 1000),
        messages: messages.map((message) => ({ message: webMessage(pnJid(other), message) })),
      },
    ];
  });
  const mappings = chats.flatMap((chat) => {
    const other = directory.find(chat);
    return other ? [{ pnJid: pnJid(other), lidJid: lidJid(other) }] : [];
  });
  return { conversations, phoneNumberToLidMappings: mappings };
}

function webMessage(remoteJid: string, message: ReturnType<Inbox['recent']>[number]): proto.IWebMessageInfo {
  const { Status } = proto.WebMessageInfo;
  const status = {
    sent: Status.SERVER_ACK,
    received: Status.DELIVERY_ACK,
    delivered: Status.DELIVERY_ACK,
    read: Status.READ,
    played: Status.PLAYED,
  };
  return {
    key: { remoteJid, fromMe: message.fromMe, id: message.id },
    message: message.content,
    messageTimestamp: Math.floor(message.timestamp / 1000),
    status: status[message.status],
  };
}
