import type { proto } from 'baileys';
import { chatKind } from '../../../platform/chat-id.ts';
import type { Person, StateChange, StateKinds } from '../../port.ts';
import { toNumber } from '../from-wire/wire-message.ts';
import { toChat, toMessageId, toPerson } from '../ids.ts';

/** One entry of app state: the first word of its index says what it is about. */
export interface Mutation {
  index: unknown;
  value: proto.ISyncActionValue | null | undefined;
  /** The entry was taken out: it is as if nothing had been set. */
  isRemoved: boolean;
}

type Words = readonly string[];
type Told = { [K in keyof StateKinds]: { kind: K } & StateKinds[K] }[keyof StateKinds];
type Read = (value: proto.ISyncActionValue, words: Words, isRemoved: boolean) => Told | undefined;

const wordsMax = 8;
const wordMax = 256;
/** Phones say so when something is never to end. */
const forEver = -1;

const readers = new Map<string, Read>([
  [
    'archive',
    ofChat((chat, value) => ({
      kind: 'archived',
      chat,
      archived: value.archiveChatAction?.archived === true,
    })),
  ],
  ['pin_v1', ofChat((chat, value) => ({ kind: 'pinned', chat, pinned: value.pinAction?.pinned === true }))],
  ['mute', ofChat(muted)],
  ['markChatAsRead', unlessRemoved(ofChat(read))],
  [
    'clearChat',
    unlessRemoved(
      ofChat((chat, value) => ({ kind: 'cleared', chat, ...bound(value.clearChatAction?.messageRange) })),
    ),
  ],
  [
    'deleteChat',
    unlessRemoved(
      ofChat((chat, value) => ({ kind: 'deleted', chat, ...bound(value.deleteChatAction?.messageRange) })),
    ),
  ],
  [
    'star',
    ofMessage((of, value) => ({ kind: 'starred', ...of, starred: value.starAction?.starred === true })),
  ],
  ['deleteMessageForMe', unlessRemoved(ofMessage(removed))],
  ['label_edit', label],
  ['label_jid', labelled],
  ['contact', contact],
  ['lid_contact', contact],
]);

/** What an entry says in words of the port; undefined when it is about nothing that we know, or makes no sense. */
export function fromMutation({ index, value, isRemoved }: Mutation, now: Date): StateChange | undefined {
  if (!isWords(index)) return undefined;
  const told = readers.get(index[0] ?? '')?.(isRemoved ? {} : (value ?? {}), index, isRemoved);
  const ms = toNumber(value?.timestamp) ?? 0;
  return told && ({ ...told, at: ms > 0 ? new Date(ms) : now } as StateChange);
}

/** An index is whatever JSON another device wrote. */
export function isWords(index: unknown): index is Words {
  return (
    Array.isArray(index) &&
    index.length <= wordsMax &&
    index.every((word) => typeof word === 'string' && word.length <= wordMax)
  );
}

type ChatOf = Extract<Told, { chat: unknown }>['chat'];

function ofChat(read: (chat: ChatOf, value: proto.ISyncActionValue) => Told): Read {
  return (value, [, jid]) => {
    const chat = toChat(jid);
    return chat && read(chat, value);
  };
}

function ofMessage(
  read: (of: Pick<StateKinds['starred'], 'chat' | 'id' | 'fromMe'>, value: proto.ISyncActionValue) => Told,
): Read {
  return (value, [, jid, id, fromMe]) => {
    const chat = toChat(jid);
    return chat && id ? read({ chat, id: toMessageId(id), fromMe: fromMe === '1' }, value) : undefined;
  };
}

/** What was done stays done when the network forgets that somebody asked for it. */
function unlessRemoved(read: Read): Read {
  return (value, words, isRemoved) => (isRemoved ? undefined : read(value, words, isRemoved));
}

function muted(chat: ChatOf, { muteAction }: proto.ISyncActionValue): Told {
  const isMuted = muteAction?.muted === true;
  const end = toNumber(muteAction?.muteEndTimestamp) ?? forEver;
  return { kind: 'muted', chat, muted: isMuted, ...(isMuted && end > 0 && { until: new Date(end) }) };
}

function read(chat: ChatOf, { markChatAsReadAction: action }: proto.ISyncActionValue): Told {
  return { kind: 'read', chat, read: action?.read !== false, ...bound(action?.messageRange) };
}

function removed(
  of: Pick<StateKinds['removed'], 'chat' | 'id' | 'fromMe'>,
  { deleteMessageForMeAction }: proto.ISyncActionValue,
): Told {
  const seconds = toNumber(deleteMessageForMeAction?.messageTimestamp) ?? 0;
  return { kind: 'removed', ...of, ...(seconds > 0 && { sentAt: new Date(seconds * 1000) }) };
}

/** Up to the end of the second of the newest message that the other device knew. */
function bound(range: proto.SyncActionValue.ISyncActionMessageRange | null | undefined): { upTo?: Date } {
  const seconds = Math.max(
    toNumber(range?.lastMessageTimestamp) ?? 0,
    toNumber(range?.lastSystemMessageTimestamp) ?? 0,
  );
  return seconds > 0 ? { upTo: new Date(seconds * 1000 + 999) } : {};
}

function label({ labelEditAction: edit }: proto.ISyncActionValue, [, id]: Words): Told | undefined {
  if (!id) return undefined;
  const name = edit && !edit.deleted ? (edit.name ?? '') : null;
  const color = toNumber(edit?.color);
  return { kind: 'label', label: id, name, ...(name !== null && color !== undefined && { color }) };
}

function labelled(value: proto.ISyncActionValue, [, id, jid]: Words): Told | undefined {
  const chat = toChat(jid);
  const isLabelled = value.labelAssociationAction?.labeled === true;
  return chat && id ? { kind: 'labelled', chat, label: id, labelled: isLabelled } : undefined;
}

function contact(
  { contactAction, lidContactAction }: proto.ISyncActionValue,
  [, jid]: Words,
): Told | undefined {
  const chat = toChat(jid);
  if (!chat || chatKind(chat) !== 'user') return undefined;
  const saved = contactAction ?? lidContactAction;
  const person: Person = toPerson([jid, contactAction?.lidJid, contactAction?.pnJid]);
  const firstName = saved?.firstName;
  const name = saved?.fullName || firstName || null;
  return { kind: 'contact', person, name, ...(name && firstName && { firstName }) };
}
