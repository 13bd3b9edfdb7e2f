import { proto } from 'baileys';
import { lidJid, pnJid } from '../../accounts/account.ts';
import { appStateKey } from '../app-state/key.ts';
import { conversation, conversationsOf, type Telling } from './conversations.ts';
import { historyNotification } from './notification.ts';
import type { Phase, Progress } from './progress.ts';
import type { HistoryRow } from './rows.ts';
import { webMessage } from './web-message.ts';

type Told = proto.Message.IProtocolMessage;

/** What is told in one go, and where that leads. */
export interface Piece {
  readonly told: Told[];
  /** Undefined: that was all. */
  readonly next: Progress | undefined;
}

/** Bounds of what is told. */
export interface Bounds {
  /** Messages that the recent part of the past has at most. */
  readonly recentMax: number;
  /** Whether what is older than that follows. */
  readonly full: boolean;
}

const { HistorySyncType, Type } = {
  HistorySyncType: proto.HistorySync.HistorySyncType,
  Type: proto.Message.ProtocolMessage.Type,
};
const BOOTSTRAP_MESSAGES = 100;
const CHUNK_MESSAGES = 250;
const CHUNK_BYTES = 256 * 1024;
const NAMES_A_CHUNK = 1000;
const STATUSES_MAX = 100;
const STATUS_LIFE_MS = 86_400_000;
const ALL = 100;

/** Works out the next piece of a companion's first sync. */
export async function nextPiece(telling: Telling, progress: Progress, bounds: Bounds): Promise<Piece> {
  switch (progress.phase) {
    case 'key':
      return { told: [appStateKeyShare(telling)], next: begin(progress, 'bootstrap') };
    case 'bootstrap':
      return bootstrap(telling, progress, bounds);
    case 'names':
      return names(telling, progress);
    case 'mappings':
      return { told: [await mappings(telling)], next: begin(progress, 'statuses') };
    case 'statuses':
      return { told: await statuses(telling), next: begin(progress, 'recent') };
    case 'recent':
      return recent(telling, progress, bounds);
    case 'full':
      return full(telling, progress, bounds);
  }
}

function begin(progress: Progress, phase: Phase): Progress {
  return { ...progress, phase, chunk: 0 };
}

/** The key every companion of this account encrypts its app state with. */
function appStateKeyShare({ account }: Telling): Told {
  const { keyId, keyData } = appStateKey(account);
  const type = Type.APP_STATE_SYNC_KEY_SHARE;
  return { type, appStateSyncKeyShare: { keys: [{ keyId: { keyId }, keyData }] } };
}

/** The next messages, bounded in number and bytes. */
function take({ account, rows }: Telling, progress: Progress, max: number): HistoryRow[] {
  const page = rows.page(account.number, progress.newestSeq, progress, max);
  let size = 0;
  const end = page.findIndex((row, index) => {
    size += row.content.length;
    return index > 0 && size > CHUNK_BYTES;
  });
  return end === -1 ? page : page.slice(0, end);
}

function past(progress: Progress, messages: HistoryRow[]): Progress {
  const { timestamp, seq } = messages.at(-1) ?? progress;
  return { ...progress, timestamp, seq, sent: progress.sent + messages.length, chunk: progress.chunk + 1 };
}

function percent(part: number, whole: number): number {
  return whole <= 0 ? ALL : Math.min(ALL, Math.floor((part * ALL) / whole));
}

/** Every chat with its settings, and the newest messages. */
async function bootstrap(telling: Telling, progress: Progress, { recentMax }: Bounds): Promise<Piece> {
  const { account, chats } = telling;
  const messages = take(telling, progress, Math.min(BOOTSTRAP_MESSAGES, recentMax));
  const talking = conversationsOf(telling, messages);
  const withMessages = new Set(messages.map((row) => row.chat));
  const silent = [...chats.values()]
    .filter(({ chat }) => !withMessages.has(chat))
    .map((about) => conversation(telling, about, []));
  const after = past(progress, messages);
  const told = await historyNotification({
    syncType: HistorySyncType.INITIAL_BOOTSTRAP,
    conversations: [...talking, ...silent],
    phoneNumberToLidMappings: [{ pnJid: pnJid(account), lidJid: lidJid(account) }],
    chunkOrder: 1,
    progress: percent(after.sent, Math.min(after.total, recentMax)),
  });
  return { told: [told], next: begin(after, 'names') };
}

/** People in the chats, and in the groups among them, with the person itself. */
function peopleOf({ account, directory, rows, chats }: Telling) {
  const numbers = [...chats.keys()].flatMap((chat) =>
    chat.includes('@') ? rows.senders(account.number, chat) : [chat],
  );
  return [...new Set([account.number, ...numbers])].flatMap((number) => directory.find(number) ?? []);
}

async function names(telling: Telling, progress: Progress): Promise<Piece> {
  const people = peopleOf(telling);
  const some = people.slice(progress.chunk * NAMES_A_CHUNK, (progress.chunk + 1) * NAMES_A_CHUNK);
  const isLast = (progress.chunk + 1) * NAMES_A_CHUNK >= people.length;
  const told = await historyNotification({
    syncType: HistorySyncType.PUSH_NAME,
    pushnames: some.map((person) => ({ id: pnJid(person), pushname: person.name })),
    chunkOrder: progress.chunk + 1,
  });
  const next = isLast ? begin(progress, 'mappings') : { ...progress, chunk: progress.chunk + 1 };
  return { told: [told], next };
}

function mappings(telling: Telling): Promise<Told> {
  const people = peopleOf(telling);
  return historyNotification({
    syncType: HistorySyncType.NON_BLOCKING_DATA,
    phoneNumberToLidMappings: people.map((person) => ({ pnJid: pnJid(person), lidJid: lidJid(person) })),
  });
}

async function statuses({ account, directory, rows, reactions }: Telling): Promise<Told[]> {
  const living = rows.statuses(account.number, Date.now() - STATUS_LIFE_MS, STATUSES_MAX);
  if (living.length === 0) return [];
  const statusV3Messages = living.map((row) => webMessage(directory, row, reactions));
  return [await historyNotification({ syncType: HistorySyncType.INITIAL_STATUS_V3, statusV3Messages })];
}

async function recent(
  telling: Telling,
  progress: Progress,
  { recentMax, full: all }: Bounds,
): Promise<Piece> {
  const messages = take(telling, progress, Math.max(0, Math.min(CHUNK_MESSAGES, recentMax - progress.sent)));
  const after = past(progress, messages);
  const whole = Math.min(after.total, recentMax);
  const isLast = messages.length === 0 || after.sent >= whole;
  const told = await historyNotification({
    syncType: HistorySyncType.RECENT,
    conversations: conversationsOf(telling, messages),
    chunkOrder: after.chunk,
    progress: isLast ? ALL : Math.min(ALL - 1, percent(after.sent, whole)),
  });
  if (!isLast) return { told: [told], next: after };
  return { told: [told], next: all && after.sent < after.total ? begin(after, 'full') : undefined };
}

async function full(telling: Telling, progress: Progress, { recentMax }: Bounds): Promise<Piece> {
  const messages = take(telling, progress, CHUNK_MESSAGES);
  const after = past(progress, messages);
  const isLast = messages.length === 0 || after.sent >= after.total;
  const told = await historyNotification({
    syncType: HistorySyncType.FULL,
    conversations: conversationsOf(telling, messages),
    chunkOrder: after.chunk,
    progress: isLast ? ALL : Math.min(ALL - 1, percent(after.sent - recentMax, after.total - recentMax)),
  });
  return { told: [told], next: isLast ? undefined : after };
}
