import type { ChatMutation, proto } from 'baileys';
import { chatIn, FOREVER, labelIn, type Picture } from './picture.ts';

type Action = proto.ISyncActionValue;
type Deed = (picture: Picture, action: Action, index: readonly string[]) => void;

const milliseconds = (action: Action): number => Number(action.timestamp ?? 0);

/** What each kind of change does to the picture; the kind is the first part of a mutation's index. */
const DEEDS: Record<string, Deed> = {
  mute(picture, { muteAction }, [, jid = '']) {
    const end = Number(muteAction?.muteEndTimestamp ?? FOREVER);
    chatIn(picture, jid).mutedUntil = muteAction?.muted ? end : null;
  },
  pin_v1(picture, action, [, jid = '']) {
    if (isVoid(picture.deletedAt, jid, action)) return;
    chatIn(picture, jid).pinnedAt = action.pinAction?.pinned ? milliseconds(action) : null;
  },
  archive(picture, action, [, jid = '']) {
    if (isVoid(picture.deletedAt, jid, action)) return;
    const { archived } = action.archiveChatAction ?? {};
    chatIn(picture, jid).archivedAt = archived ? milliseconds(action) : null;
  },
  markChatAsRead(picture, action, [, jid = '']) {
    if (isVoid(picture.deletedAt, jid, action)) return;
    chatIn(picture, jid).markedUnread = action.markChatAsReadAction?.read === false;
  },
  lock(picture, { lockChatAction }, [, jid = '']) {
    chatIn(picture, jid).locked = lockChatAction?.locked === true;
  },
  clearChat(picture, action, [, jid = '']) {
    clear(picture, action, jid);
  },
  deleteChat(picture, action, [, jid = '']) {
    clear(picture, action, jid);
    picture.deletedAt.set(jid, milliseconds(action));
    Object.assign(chatIn(picture, jid), { pinnedAt: null, archivedAt: null, markedUnread: false });
  },
  deleteMessageForMe(picture, _action, [, jid = '', id = '']) {
    picture.starred.delete(`${jid} ${id}`);
  },
  star(picture, action, [, chat = '', id = '', fromMe]) {
    if (isVoid(picture.clearedAt, chat, action)) return;
    const at = milliseconds(action);
    if (action.starAction?.starred)
      picture.starred.set(`${chat} ${id}`, { chat, id, fromMe: fromMe === '1', at });
    else picture.starred.delete(`${chat} ${id}`);
  },
  contact(picture, { contactAction }, [, jid = '']) {
    const name = contactAction?.fullName || contactAction?.firstName;
    if (name) picture.contacts.set(jid, name);
    else picture.contacts.delete(jid);
  },
  setting_pushName(picture, { pushNameSetting }) {
    picture.pushName = pushNameSetting?.name ?? undefined;
  },
  setting_unarchiveChats(picture, { unarchiveChatsSetting }) {
    picture.unarchiveChats = unarchiveChatsSetting?.unarchiveChats === true;
  },
  setting_disableLinkPreviews(picture, { privacySettingDisableLinkPreviewsAction }) {
    picture.disableLinkPreviews = privacySettingDisableLinkPreviewsAction?.isPreviewsDisabled === true;
  },
  label_edit(picture, { labelEditAction }, [, id = '']) {
    if (!labelEditAction || labelEditAction.deleted) {
      picture.labels.delete(id);
      return;
    }
    const label = labelIn(picture, id);
    label.name = labelEditAction.name ?? label.name;
    label.color = labelEditAction.color ?? label.color;
  },
  label_jid(picture, { labelAssociationAction }, [, id = '', jid = '']) {
    const { chats } = labelIn(picture, id);
    if (labelAssociationAction?.labeled) chats.add(jid);
    else chats.delete(jid);
  },
  label_message(picture, { labelAssociationAction }, [, id = '', jid = '', message = '']) {
    const { messages } = labelIn(picture, id);
    if (labelAssociationAction?.labeled) messages.add(`${jid} ${message}`);
    else messages.delete(`${jid} ${message}`);
  },
  quick_reply(picture, { quickReplyAction }, [, id = '']) {
    const { deleted, shortcut, message } = quickReplyAction ?? {};
    if (!quickReplyAction || deleted) picture.quickReplies.delete(id);
    else picture.quickReplies.set(id, { shortcut: shortcut ?? '', message: message ?? '' });
  },
};

/** Collections are read one after the other, so what was set before a chat was emptied may be read after that. */
function isVoid(since: Map<string, number>, jid: string, action: Action): boolean {
  const end = since.get(jid);
  return end !== undefined && milliseconds(action) <= end;
}

function clear(picture: Picture, action: Action, jid: string): void {
  const end = milliseconds(action);
  picture.clearedAt.set(jid, end);
  for (const [key, { chat, at }] of picture.starred) {
    if (chat === jid && at <= end) picture.starred.delete(key);
  }
}

/** Applies one mutation to the picture, with one JID for each chat; kinds that a picture does not show change nothing. */
export function apply(
  picture: Picture,
  { index, syncAction }: ChatMutation,
  removed: boolean,
  oneJid: (word: string) => string,
): void {
  const value = syncAction.value ?? {};
  const action = removed ? { timestamp: value.timestamp ?? null } : value;
  const [kind = '', ...words] = index;
  if (Object.hasOwn(DEEDS, kind)) DEEDS[kind]?.(picture, action, [kind, ...words.map(oneJid)]);
}
