import { proto, type WAPatchCreate } from 'baileys';
import type { Collection } from '../../app-state/collections.ts';
import { FOREVER } from './picture.ts';

/** One change a person makes on the phone. Chats and contacts are numbers, or JIDs of groups. */
export type Change =
  | { change: 'mute'; chat: string; until: number | null }
  | { change: 'pin'; chat: string; pinned: boolean }
  | { change: 'archive'; chat: string; archived: boolean }
  | { change: 'mark-read'; chat: string; read: boolean }
  | { change: 'lock'; chat: string; locked: boolean }
  | { change: 'clear'; chat: string }
  | { change: 'delete-chat'; chat: string }
  | { change: 'delete-for-me'; chat: string; id: string }
  | { change: 'star'; chat: string; id: string; starred: boolean }
  | { change: 'contact'; contact: string; name: string | null }
  | { change: 'push-name'; name: string }
  | { change: 'unarchive-chats'; on: boolean }
  | { change: 'link-previews'; disabled: boolean }
  | { change: 'label'; id: string; name: string; color: number }
  | { change: 'delete-label'; id: string }
  | { change: 'label-chat'; id: string; chat: string; labeled: boolean }
  | { change: 'label-message'; id: string; chat: string; message: string; labeled: boolean }
  | { change: 'quick-reply'; id: string; shortcut: string; message: string }
  | { change: 'delete-quick-reply'; id: string };

/** What has to be known of a chat or message to speak of it to other devices. */
export interface Surroundings {
  jid(chat: string): string;
  lid(contact: string): string | undefined;
  /** Unix seconds of the newest message of a chat; 0 when it is empty. */
  newest(chat: string): number;
  message(
    chat: string,
    id: string,
  ): { readonly fromMe: boolean; readonly from: string; readonly seconds: number };
}

type Draft = readonly [
  type: Collection,
  apiVersion: number,
  index: string[],
  syncAction: proto.ISyncActionValue,
  operation?: proto.SyncdMutation.SyncdOperation,
];

const { SET, REMOVE } = proto.SyncdMutation.SyncdOperation;

/** The mutation that tells all devices of a change. */
export function patchOf(change: Change, around: Surroundings): WAPatchCreate {
  const [type, apiVersion, index, syncAction, operation = SET] = draft(change, around);
  return { type, apiVersion, index, syncAction: { ...syncAction, timestamp: Date.now() }, operation };
}

function draft(change: Change, around: Surroundings): Draft {
  switch (change.change) {
    case 'contact':
      return contact(change, around);
    case 'push-name':
      return ['critical_block', 1, ['setting_pushName'], { pushNameSetting: { name: change.name } }];
    case 'unarchive-chats': {
      const unarchiveChatsSetting = { unarchiveChats: change.on };
      return ['regular_low', 4, ['setting_unarchiveChats'], { unarchiveChatsSetting }];
    }
    case 'link-previews': {
      const privacySettingDisableLinkPreviewsAction = { isPreviewsDisabled: change.disabled };
      return ['regular', 8, ['setting_disableLinkPreviews'], { privacySettingDisableLinkPreviewsAction }];
    }
    case 'label':
    case 'delete-label':
    case 'label-chat':
    case 'label-message':
      return label(change, around);
    case 'quick-reply': {
      const quickReplyAction = { shortcut: change.shortcut, message: change.message, keywords: [], count: 0 };
      return ['regular', 2, ['quick_reply', change.id], { quickReplyAction }];
    }
    case 'delete-quick-reply':
      return ['regular', 2, ['quick_reply', change.id], { quickReplyAction: { deleted: true } }];
    case 'star':
    case 'delete-for-me':
      return ofMessage(change, around);
    default:
      return ofChat(change, around);
  }
}

type ChatChange = Extract<Change, { chat: string }>;

function ofChat(
  change: Exclude<ChatChange, { change: 'star' | 'delete-for-me' | 'label-chat' | 'label-message' }>,
  around: Surroundings,
): Draft {
  const jid = around.jid(change.chat);
  const lastMessageTimestamp = around.newest(change.chat);
  const messageRange = lastMessageTimestamp > 0 ? { lastMessageTimestamp } : {};
  switch (change.change) {
    case 'mute': {
      const muted = change.until !== null && change.until !== 0;
      const muteAction = muted ? { muted, muteEndTimestamp: change.until ?? FOREVER } : { muted };
      return ['regular_high', 2, ['mute', jid], { muteAction }];
    }
    case 'pin':
      return ['regular_low', 5, ['pin_v1', jid], { pinAction: { pinned: change.pinned } }];
    case 'archive': {
      const archiveChatAction = { archived: change.archived, messageRange };
      return ['regular_low', 3, ['archive', jid], { archiveChatAction }];
    }
    case 'mark-read': {
      const markChatAsReadAction = { read: change.read, messageRange };
      return ['regular_low', 3, ['markChatAsRead', jid], { markChatAsReadAction }];
    }
    case 'lock':
      return ['regular_low', 7, ['lock', jid], { lockChatAction: { locked: change.locked } }];
    case 'clear':
      return ['regular_high', 6, ['clearChat', jid, '1', '0'], { clearChatAction: { messageRange } }];
    case 'delete-chat':
      return ['regular_high', 6, ['deleteChat', jid, '1'], { deleteChatAction: { messageRange } }];
  }
}

function ofMessage(
  change: Extract<Change, { change: 'star' | 'delete-for-me' }>,
  around: Surroundings,
): Draft {
  const { fromMe, from, seconds } = around.message(change.chat, change.id);
  const jid = around.jid(change.chat);
  const participant = jid.endsWith('@g.us') && !fromMe ? around.jid(from) : '0';
  const index = [jid, change.id, fromMe ? '1' : '0', participant];
  if (change.change === 'star')
    return ['regular_low', 2, ['star', ...index], { starAction: { starred: change.starred } }];
  const deleteMessageForMeAction = { deleteMedia: true, messageTimestamp: seconds };
  return ['regular_high', 3, ['deleteMessageForMe', ...index], { deleteMessageForMeAction }];
}

function contact(change: Extract<Change, { change: 'contact' }>, around: Surroundings): Draft {
  const index = ['contact', around.jid(change.contact)];
  if (change.name === null) return ['critical_unblock_low', 2, index, { contactAction: {} }, REMOVE];
  const [firstName = change.name] = change.name.split(' ');
  const contactAction = { fullName: change.name, firstName, saveOnPrimaryAddressbook: true };
  const lidJid = around.lid(change.contact);
  return [
    'critical_unblock_low',
    2,
    index,
    { contactAction: lidJid ? { ...contactAction, lidJid } : contactAction },
  ];
}

function label(
  change: Extract<Change, { change: 'label' | 'delete-label' | 'label-chat' | 'label-message' }>,
  around: Surroundings,
): Draft {
  switch (change.change) {
    case 'label': {
      const labelEditAction = { name: change.name, color: change.color, deleted: false };
      return ['regular', 3, ['label_edit', change.id], { labelEditAction }];
    }
    case 'delete-label':
      return ['regular', 3, ['label_edit', change.id], { labelEditAction: { deleted: true } }];
    case 'label-chat': {
      const labelAssociationAction = { labeled: change.labeled };
      return ['regular', 3, ['label_jid', change.id, around.jid(change.chat)], { labelAssociationAction }];
    }
    case 'label-message': {
      const index = ['label_message', change.id, around.jid(change.chat), change.message, '0', '0'];
      return ['regular', 3, index, { labelAssociationAction: { labeled: change.labeled } }];
    }
  }
}
