import { setTimeout as pause } from 'node:timers/promises';
import type { WASocket } from 'baileys';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { troubleOf } from '../../../platform/db/trouble.ts';
import type { Log } from '../../../platform/log.ts';
import { FileDamaged, FileGone, type Listener, type Past, type Person } from '../../port.ts';
import type { Self } from '../from-wire.ts';
import { toJid, toPerson } from '../ids.ts';
import type { JournalEntry } from '../journal-entry.ts';
import { download } from '../media/download.ts';
import type { Trust } from '../media/trust.ts';
import { wellFormed } from '../well-formed.ts';
import { chatOfPast, messagesOfPast, type PastChat, personOfPast } from './from-past.ts';
import { firstPiece, keepPiece, noteStored, removePiece } from './history.store.ts';
import { type Piece, pieceOf } from './piece.ts';
import { inflated, readPast } from './read-past.ts';
import { type Spooled, spool } from './spool.ts';

/** So much is told the listener at once. */
const messagesMax = 200;
const bytesMax = 1024 * 1024;
const peopleMax = 500;
/** A phone tells of no more in one piece. */
const chatsMax = 50_000;
const inflatedBytesMax = 4 * 1024 ** 3;
const tryAgainMs = 15_000;
/** Then a piece waits for the next connection, and the others go on. */
const triesMax = 3;

/** The past as the phone tells it: kept as it comes, and read piece by piece beside everything else. */
export interface History {
  /** Whether the entry announces a piece; it is kept durably then, and the entry may be forgotten. */
  take(entry: JournalEntry): Promise<boolean>;
  /** Reads what is kept, from now until the end of the connection. */
  begin(socket: WASocket): void;
  /** Resolves when nothing of it is under way. */
  close(): Promise<void>;
}

export function createHistory(options: {
  db: Db;
  vault: Vault;
  clock: Clock;
  log: Log;
  profileId: string;
  listener: Listener;
  trust: Trust;
  folder: string;
  isWanted: boolean;
  self(): Self | undefined;
}): History {
  const { db, vault, clock, log, profileId, trust, folder } = options;
  const tell = options.isWanted ? options.listener.past : undefined;
  const ending = new AbortController();
  let socket: WASocket | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  const failed = new Map<string, number>();

  const contextOf = (hash: Buffer) => `engine/${profileId}/history/${hash.toString('hex')}`;

  async function spooled(piece: Piece): Promise<Spooled> {
    if (piece.payload !== undefined) {
      const bytes = Buffer.from(piece.payload, 'base64');
      return {
        async *read() {
          yield bytes;
        },
        async remove() {},
      };
    }
    if (!socket || !piece.file) throw new FileGone('The piece names no file.');
    const key = { id: '', remoteJid: '' };
    return spool(folder, await download(socket, trust, { ...piece.file, type: 'md-msg-hist', key }));
  }

  /** Reads a piece twice: chats are described after their messages. */
  async function readPiece(hash: Buffer, piece: Piece, storedBefore: number): Promise<void> {
    const file = await spooled(piece);
    try {
      const fields = (messages: boolean) => readPast(inflated(file.read(), inflatedBytesMax), { messages });
      const { chats, people } = await surroundings(fields(false));
      await learnPairs(chats, people);
      if (!tell) return removePiece(db, profileId, hash);
      for (let n = 0; n < people.length; n += peopleMax) {
        await store(
          { messages: [], chats: [], people: people.slice(n, n + peopleMax) },
          async () => undefined,
        );
      }
      await readMessages(hash, piece, chats, fields(true), storedBefore);
    } finally {
      await file.remove();
    }
  }

  /** Baileys must know which two addresses are one person, to find the sessions with them. */
  async function learnPairs(chats: readonly (PastChat | undefined)[], people: readonly Person[]) {
    const ofChats = chats.map((chat) => chat?.alias && toPerson([toJid(chat.fact.chat), chat.aliasJid]));
    const pairs = [...ofChats, ...people].flatMap((person) =>
      person?.phone && person.lid ? [{ pn: toJid(person.phone), lid: toJid(person.lid) }] : [],
    );
    if (pairs.length > 0) await socket?.signalRepository.lidMapping.storeLIDPNMappings(pairs);
  }

  async function surroundings(fields: ReturnType<typeof readPast>) {
    const chats: (PastChat | undefined)[] = [];
    const people: Person[] = [];
    for await (const field of fields) {
      if (field.is === 'chat' && chats.length < chatsMax) chats.push(tried(() => chatOfPast(field.bytes)));
      if (field.is !== 'other') continue;
      const person = tried(() => personOfPast(field.field, field.bytes));
      if (person) people.push(person);
    }
    return { chats, people };
  }

  async function readMessages(
    hash: Buffer,
    piece: Piece,
    chats: readonly (PastChat | undefined)[],
    fields: ReturnType<typeof readPast>,
    storedBefore: number,
  ): Promise<void> {
    let batch = emptyBatch();
    let entries = 0;
    const told = new Set<number>();
    const isLast = { ...(piece.percent !== undefined && { percent: piece.percent }) };
    const answers = piece.answers ? { answers: piece.answers } : {};
    const send = async (more: Partial<Past>) => {
      const upTo = entries;
      const { messages, chats: described } = batch;
      const past = { messages, chats: [...described.values()], people: [], ...more };
      batch = emptyBatch();
      await store(past, (tx) => noteStored(tx, profileId, hash, upTo));
    };
    for await (const field of fields) {
      if (ending.signal.aborted) throw new Error('the connection has ended');
      if (field.is === 'other') continue;
      const chat = chats[field.chat];
      if (field.is === 'chat') {
        // One without messages is described all the same.
        if (chat && !told.has(field.chat)) batch.chats.set(field.chat, chat.fact);
      } else {
        entries += 1;
        const self = options.self();
        if (!chat || !self || entries <= storedBefore) continue;
        const messages = tried(() => messagesOfPast(field.bytes, chat, self));
        told.add(field.chat);
        batch.chats.set(field.chat, chat.fact);
        batch.messages.push(...(messages ?? []));
        batch.bytes += field.bytes.length;
      }
      if (
        batch.messages.length >= messagesMax ||
        batch.chats.size >= messagesMax ||
        batch.bytes >= bytesMax
      ) {
        await send({});
      }
    }
    const { messages, chats: described } = batch;
    const past = { messages, chats: [...described.values()], people: [], ...isLast, ...answers };
    await store(past, (tx) => removePiece(tx, profileId, hash));
  }

  async function store(past: Past, settle: Parameters<NonNullable<Listener['past']>>[1]): Promise<void> {
    const now = clock.now();
    const { messages, chats, people, ...rest } = past;
    await tell?.(
      {
        ...rest,
        messages: messages.map((one) => ({ ...one, message: wellFormed(one.message, now) })),
        chats: chats.map((chat) => wellFormed(chat, now)),
        people: people.map((person) => wellFormed(person, now)),
      },
      settle,
    );
  }

  /** Leaves out what can't be read, or is gone; what may pass is tried again. */
  async function readAll(): Promise<void> {
    while (!ending.signal.aborted) {
      const tired = [...failed].flatMap(([hash, tries]) =>
        tries < triesMax ? [] : Buffer.from(hash, 'hex'),
      );
      const row = await firstPiece(db, profileId, tired);
      if (!row) return;
      try {
        const piece = JSON.parse(vault.openText(row.value, contextOf(row.hash))) as Piece;
        await readPiece(row.hash, piece, row.stored);
      } catch (error) {
        if (ending.signal.aborted) return;
        const isHopeless = error instanceof FileGone || error instanceof FileDamaged || isUnreadable(error);
        log.warn({ err: error, profileId }, 'a piece of the past could not be read');
        if (isHopeless) await removePiece(db, profileId, row.hash);
        failed.set(row.hash.toString('hex'), (failed.get(row.hash.toString('hex')) ?? 0) + 1);
        if (!isHopeless)
          await pause(tryAgainMs, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  function poke(): void {
    again = true;
    if (running || !socket || ending.signal.aborted) return;
    running = (async () => {
      while (again && !ending.signal.aborted) {
        again = false;
        await readAll();
      }
    })()
      .catch((error: unknown) => log.warn({ err: error, profileId }, 'the past could not be read'))
      .finally(() => {
        running = undefined;
        if (again) poke();
      });
  }

  return {
    async take(entry) {
      const self = options.self();
      const piece = self && tried(() => pieceOf(entry, self));
      if (!piece) return false;
      const hash = Buffer.from(entry.hash, 'hex');
      const value = vault.sealText(JSON.stringify(piece), contextOf(hash));
      await keepPiece(db, { profileId, hash, value, now: clock.now() });
      poke();
      return true;
    },
    begin(connection) {
      socket = connection;
      poke();
    },
    async close() {
      ending.abort();
      await running;
    },
  };
}

const emptyBatch = () => ({
  messages: [] as Past['messages'],
  chats: new Map<number, Past['chats'][number]>(),
  bytes: 0,
});

/** Undefined for what makes no sense: it must not stop the rest. */
function tried<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Neither the database nor the network is the cause. */
function isUnreadable(error: unknown): boolean {
  const { code } = error as { code?: string };
  return troubleOf(error) === 'data' || /^Z_|^ERR_CRYPTO/.test(code ?? '') || error instanceof SyntaxError;
}
