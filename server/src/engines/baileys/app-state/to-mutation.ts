import { type ChatModification, chatModificationToAppPatch, type proto, type WAPatchCreate } from 'baileys';
import type { ChatId } from '../../../platform/chat-id.ts';
import type { NamedMessage, StateChange, StateKinds } from '../../port.ts';
import { toJid } from '../ids.ts';
import { type Collection, isCollection } from './collections.ts';

type Change = WAPatchCreate & { type: Collection };
type Range = proto.SyncActionValue.ISyncActionMessageRange;
type Writers = {
  [K in keyof StateKinds]: (set: StateKinds[K], range: Range) => [ChatModification, jid: string];
};

const forEver = -1;

const writers: Writers = {
  archived: ({ chat, archived }, lastMessages) => [{ archive: archived, lastMessages }, toJid(chat)],
  pinned: ({ chat, pinned }) => [{ pin: pinned }, toJid(chat)],
  muted: ({ chat, muted, until }) => [{ mute: muted ? (until?.getTime() ?? forEver) : null }, toJid(chat)],
  read: ({ chat, read }, lastMessages) => [{ markRead: read, lastMessages }, toJid(chat)],
  cleared: ({ chat }, lastMessages) => [{ clear: true, lastMessages }, toJid(chat)],
  deleted: ({ chat }, lastMessages) => [{ delete: true, lastMessages }, toJid(chat)],
  starred: ({ chat, id, fromMe, starred }) => [
    { star: { messages: [{ id, fromMe }], star: starred } },
    toJid(chat),
  ],
  removed({ chat, id, fromMe, sentAt }) {
    const key = { remoteJid: toJid(chat), id, fromMe };
    const timestamp = Math.floor((sentAt?.getTime() ?? 0) / 1000);
    return [{ deleteForMe: { deleteMedia: true, key, timestamp } }, toJid(chat)];
  },
  label({ label: id, name, color }) {
    const edit = name === null ? { deleted: true } : { name, ...(color !== undefined && { color }) };
    return [{ addLabel: { id, ...edit } }, ''];
  },
  labelled({ chat, label: labelId, labelled }) {
    return [labelled ? { addChatLabel: { labelId } } : { removeChatLabel: { labelId } }, toJid(chat)];
  },
  contact({ person, name, firstName, onPhone = true }) {
    const lidJid = person.lid && toJid(person.lid);
    const named = name !== null && {
      ...{ fullName: name, firstName: firstName ?? name.split(' ')[0] ?? name },
      saveOnPrimaryAddressbook: onPhone,
      ...(lidJid && person.phone && { lidJid }),
    };
    return [{ contact: named || null }, jidOf(person.phone ?? person.lid)];
  },
};

/** The entry of app state that says it. */
export function toMutation(change: StateChange, newest: readonly NamedMessage[]): Change {
  const write = writers[change.kind] as (set: StateChange, range: Range) => [ChatModification, string];
  const [modification, jid] = write(change, rangeOf(change, newest));
  const create = chatModificationToAppPatch(modification, jid);
  if (!isCollection(create.type)) throw new TypeError(`There is no collection ${create.type}.`);
  // Phones name the author in groups, and the library does not: it would be another entry than theirs.
  if (change.kind === 'starred' && change.sender && !change.fromMe) create.index[4] = toJid(change.sender);
  // Of two devices that set the same thing the later one holds.
  create.syncAction.timestamp = change.at.getTime();
  return { ...create, type: create.type };
}

/** The library would leave out when the messages were sent. */
function rangeOf(change: StateChange, newest: readonly NamedMessage[]): Range {
  const [first] = newest;
  const upTo = 'upTo' in change ? change.upTo : undefined;
  if (!('chat' in change) || !first) return upTo ? { lastMessageTimestamp: seconds(upTo) } : {};
  const remoteJid = toJid(change.chat);
  const messages = newest.map(({ id, fromMe, at, sender }) => ({
    key: { remoteJid, id, fromMe, ...(sender && !fromMe && { participant: toJid(sender) }) },
    timestamp: seconds(at),
  }));
  return { lastMessageTimestamp: seconds(first.at), messages };
}

const seconds = (at: Date) => Math.floor(at.getTime() / 1000);
const jidOf = (chat: ChatId | undefined) => (chat ? toJid(chat) : '');
