import { setTimeout as pause } from 'node:timers/promises';
import { type AuthenticationCreds, proto, type SignalDataTypeMap, type SignalKeyStore } from 'baileys';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { EngineGone } from '../port.ts';
import { createBoundedMap } from './bounded-map.ts';
import { type Change, type Commit, commitWithin, OwnershipLost } from './commit.store.ts';
import { decode, encode, sealCredentials } from './credentials.ts';
import { writeEntry } from './journal-entry.ts';
import { storedKeys } from './login.store.ts';
import { emptyChange, journalType, keyName, type PendingChange, type StoredData } from './pending-change.ts';
import { wellFormedId } from './well-formed.ts';

/**
 * Signal keys of one profile in PostgreSQL. Every write is durable when its promise resolves, but for what the network can be
 * asked again (`askedAgain`): that goes along with the next commit, or with one of its own soon after.
 */
export interface EngineKeyStore extends SignalKeyStore {
  /**
   * Queues a change without waiting for its commit: from now on `get` answers it, and the next commit contains it.
   * Nothing made with it may leave before `underWay` has resolved.
   */
  setSoon(data: StoredData): Promise<void>;
  /** The same for keys that no frame was made with yet: a session that was just opened. No commit is begun for them. */
  setAlong(data: StoredData): Promise<void>;
  /**
   * Writes keys of app state in the transaction of somebody else: they hold when that commits.
   * @throws OwnershipLost
   */
  within(tx: Tx, data: Pick<StoredData, 'app-state-sync-version'>): Promise<void>;
  /** Stores the credentials as they are when the commit begins, together with whatever else is waiting. */
  storeCredentials(): Promise<void>;
  /**
   * Resolves when the keys and credentials under way that a frame may be made with are stored; undefined when none are. What
   * was decrypted is none of them: nothing tells of it before `stored`, and a frame encrypted behind it brings its own change.
   */
  underWay(): Promise<void> | undefined;
  /** Forgets journal entries by hash, without waiting. */
  settle(hashes: string[]): void;
  /** Resolves when everything asked for so far is stored; rejects when that has failed. */
  stored(): Promise<void>;
  /**
   * Resolves when everything asked for so far is stored or never will be. What is asked for later is refused: by then the
   * login may be forgotten, or another session's.
   */
  close(): Promise<void>;
}

export interface KeyStoreOptions {
  db: Db;
  commit: Commit;
  vault: Vault;
  clock: Clock;
  profileId: string;
  generation: number;
  creds: AuthenticationCreds;
  /** Called before the failed write is reported, so that the socket is shut before anyone can go on. */
  onFailed(error: unknown): void;
}

/** Keys that are read once and written once, or too many to be worth caching. */
const uncached = new Set(['pre-key', 'app-state-sync-key', 'app-state-sync-version']);
/** What the network said and can be asked again, when a crash loses the last of it: no frame is held for it. */
const askedAgain = new Set(['lid-mapping', 'device-list', 'tctoken']);
const canBeAskedAgain = (data: StoredData) => Object.keys(data).every((type) => askedAgain.has(type));
/** Baileys writes it with each message into a group, though it changes only with the members. */
const oftenUnchanged = 'sender-key-memory';
/** How long what need not be written at once waits for a commit to go along with. */
const alongMsMax = 400;
const cacheSizeMax = 500;
const attemptsMax = 4;
const attemptPauseMs = 150;
const absent = '';

/**
 * Writes asked for in the same turn of the event loop, or while a commit is under way, share one statement.
 * The cache holds committed keys; keys of a commit under way are looked up before it. Both are right because only the
 * owner writes, and because a commit that fails ends the session.
 */
export function createKeyStore(options: KeyStoreOptions): EngineKeyStore {
  const { db, vault, profileId } = options;
  const cache = createBoundedMap<string, string>(cacheSizeMax);
  let waiting: PendingChange | undefined;
  let running: PendingChange | undefined;
  let failure: { error: unknown } | undefined;
  /** Writes what waits for another commit to go along with, when none has come. */
  let alone: NodeJS.Timeout | undefined;

  const contextOf = (type: string, id: string) => `engine/${profileId}/${type}/${id}`;
  const remember = (type: string, id: string, text: string | null) => {
    if (!uncached.has(type)) cache.set(keyName(type, id), text ?? absent);
  };

  /** The text of a key in a commit under way or still to come; undefined when none changes it. */
  function pendingText(name: string): string | undefined {
    const pending = waiting?.keys.get(name) ?? running?.keys.get(name);
    return pending && (pending.text ?? absent);
  }

  function change(edit: (pending: PendingChange) => void): Promise<void> {
    if (failure) return Promise.reject(failure.error);
    waiting ??= emptyChange();
    edit(waiting);
    hurry(waiting);
    return waiting.done;
  }

  /** Notes what may be written later than at once. */
  function along(data: StoredData): void {
    if (failure) throw failure.error;
    waiting ??= emptyChange();
    addKeys(waiting, data);
    if (!waiting.isUrgent) alone ??= setTimeout(() => waiting && hurry(waiting), alongMsMax);
  }

  function hurry(pending: PendingChange): void {
    if (pending.isUrgent) return;
    pending.isUrgent = true;
    if (!running) setImmediate(() => void drain());
  }

  async function drain(): Promise<void> {
    while (waiting?.isUrgent) {
      running = waiting;
      waiting = undefined;
      clearTimeout(alone);
      alone = undefined;
      try {
        await write(running);
        for (const key of running.keys.values()) remember(key.type, key.id, key.text);
        running.resolve();
      } catch (error) {
        failure = { error };
        options.onFailed(error);
        running.reject(error);
        (waiting as PendingChange | undefined)?.reject(error);
        waiting = undefined;
      }
      running = undefined;
    }
  }

  async function write(pending: PendingChange): Promise<void> {
    const sealed = seal(pending);
    for (let attempt = 1; ; attempt++) {
      try {
        return await options.commit(sealed);
      } catch (error) {
        if (error instanceof OwnershipLost || attempt === attemptsMax) throw error;
        await pause(attemptPauseMs * 2 ** attempt);
      }
    }
  }

  function seal(pending: PendingChange): Change {
    const keys: Change['keys'] = [];
    const removedKeys: Change['removedKeys'] = [];
    for (const { type, id, text } of pending.keys.values()) {
      if (text === null) removedKeys.push({ type, id });
      else keys.push({ type, id, value: vault.sealText(text, contextOf(type, id)) });
    }
    const journal = [...pending.journal.values()].map((entry) => ({
      hash: Buffer.from(entry.hash, 'hex'),
      stanzaId: wellFormedId(entry.attrs.id ?? ''),
      value: vault.sealText(writeEntry(entry), journalContext(profileId, entry.hash)),
    }));
    const credentials = pending.credentials ? sealCredentials(vault, profileId, options.creds) : undefined;
    return {
      profileId,
      generation: options.generation,
      at: options.clock.now(),
      keys,
      removedKeys,
      journal,
      settled: [...pending.settled].map((hash) => Buffer.from(hash, 'hex')),
      ...(credentials ? { credentials } : {}),
    };
  }

  async function load(type: string, ids: string[]): Promise<Map<string, string>> {
    const names = ids.map((id) => ({ type, id }));
    const [only] = names;
    const token = only && names.length === 1 ? tokenBeside(only) : undefined;
    if (token && !isHeld(token)) names.push(token);
    const rows = await storedKeys(db, profileId, names);
    const texts = new Map(
      rows.map((row) => [keyName(row.type, row.id), vault.openText(row.value, contextOf(row.type, row.id))]),
    );
    for (const name of names) {
      // A commit that finished meanwhile has put a newer text into the cache.
      const key = keyName(name.type, name.id);
      if (!cache.has(key)) remember(name.type, name.id, texts.get(key) ?? null);
    }
    return texts;
  }

  const isHeld = ({ type, id }: { type: string; id: string }) => {
    const name = keyName(type, id);
    return pendingText(name) !== undefined || cache.has(name);
  };

  /** Whether nothing has to be written. A change that is under way holds frames back by itself. */
  function isUnchanged({ [oftenUnchanged]: entries, ...others }: StoredData): boolean {
    if (failure || !entries || Object.keys(others).length > 0) return false;
    return Object.entries(entries).every(([wireId, value]) => {
      const name = keyName(oftenUnchanged, wellFormedId(wireId));
      return value != null && encode(value) === (pendingText(name) ?? cache.get(name));
    });
  }

  return {
    async get<T extends keyof SignalDataTypeMap>(type: T, wireIds: string[]) {
      const storedIds = new Map(wireIds.map((id) => [id, wellFormedId(id)]));
      const ids = [...new Set(storedIds.values())];
      const missing = ids.filter((id) => !isHeld({ type, id }));
      const texts = missing.length > 0 ? await load(type, missing) : undefined;
      const result: { [id: string]: SignalDataTypeMap[T] } = {};
      for (const [wireId, id] of storedIds) {
        const name = keyName(type, id);
        const text = pendingText(name) ?? cache.get(name) ?? texts?.get(name);
        if (text) result[wireId] = revive(type, decode(text));
      }
      return result;
    },
    async set(data) {
      if (isUnchanged(data)) return;
      if (canBeAskedAgain(data)) return along(data);
      await change((pending) => add(pending, data));
    },
    async setSoon(data) {
      if (failure) throw failure.error;
      if (canBeAskedAgain(data)) return along(data);
      change((pending) => add(pending, data)).catch(() => undefined);
    },
    setAlong: async (data) => along(data),
    async within(tx, data) {
      if (failure) throw failure.error;
      const pending = emptyChange();
      add(pending, data);
      await commitWithin(tx, seal(pending));
    },
    storeCredentials: () =>
      change((pending) => {
        pending.credentials = true;
        pending.holdsFrames = true;
      }),
    underWay: () => [waiting, running].find((pending) => pending?.holdsFrames)?.done,
    settle(hashes) {
      if (hashes.length === 0) return;
      change((pending) => {
        for (const hash of hashes) pending.settled.add(hash);
      }).catch(() => undefined);
    },
    async stored() {
      if (waiting) hurry(waiting);
      await (waiting ?? running)?.done;
      if (failure) throw failure.error;
    },
    async close() {
      for (let last = waiting ?? running; last; last = waiting ?? running) {
        hurry(last);
        await last.done.catch(() => undefined);
      }
      failure ??= { error: new EngineGone('The connection has ended.') };
    },
  };
}

/** What binds a sealed journal entry to its row. */
export function journalContext(profileId: string, hash: string): string {
  return `engine/${profileId}/journal/${hash}`;
}

/** Whoever asks for the session with somebody's phone asks for the token of that contact next: both are read at once. */
function tokenBeside({ type, id }: { type: string; id: string }): { type: string; id: string } | undefined {
  const lid = type === 'session' ? /^(\d+)_1\.0$/.exec(id)?.[1] : undefined;
  return lid ? { type: 'tctoken', id: `${lid}@lid` } : undefined;
}

function add(pending: PendingChange, data: StoredData): void {
  if (!data[journalType] && Object.keys(data).length > 0) pending.holdsFrames = true;
  addKeys(pending, data);
}

function addKeys(pending: PendingChange, data: StoredData): void {
  for (const [type, entries] of Object.entries(data)) {
    if (!entries) continue;
    for (const [name, value] of Object.entries(entries)) {
      // The group in the name of a sender key is what a stranger wrote.
      const id = wellFormedId(name);
      if (type === journalType) pending.journal.set(id, value);
      else pending.keys.set(keyName(type, id), { type, id, text: value == null ? null : encode(value) });
    }
  }
}

/** Baileys calls methods on values of this one type, so it gets an instance of the class. */
function revive<T extends keyof SignalDataTypeMap>(
  type: T,
  value: SignalDataTypeMap[T],
): SignalDataTypeMap[T] {
  if (type !== 'app-state-sync-key') return value;
  return proto.Message.AppStateSyncKeyData.fromObject(value as object) as unknown as SignalDataTypeMap[T];
}
