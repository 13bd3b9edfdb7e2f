import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { EngineBusy, type GroupInfo, type GroupNews } from '../../engines/port.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Log } from '../../platform/log.ts';
import type { Live } from '../profiles/index.ts';
import type { Keeper } from './keeper.ts';

/** Written in one transaction. */
const pieceMax = { groups: 50, members: 2_000 };
/** A group is looked at so often at most, whatever is told of it. */
const againMs = 10_000;
/** More than that cost less by one question for all; but that one is not asked again and again. */
const looksMax = 30;
const allAgainMs = 60_000;
const failureWaitsMs = [1_000, 5_000, 30_000, 60_000];
const busyMs = 60_000;

/** What one connection still has to ask. */
interface Watch {
  /** All groups are to be asked for. */
  wantsAll: boolean;
  unclear: Set<ChatId>;
  /** Told of since the question under way was asked. */
  toldSince: Set<ChatId>;
  enteredSince: Set<ChatId>;
  /** When each was looked at last, in milliseconds of this process. */
  lookedAtMs: Map<ChatId, number>;
  askedAllAtMs: number;
  isRunning: boolean;
}

/**
 * Asks WhatsApp about groups: for all of them by one question as soon as a profile is connected, and for one when what was
 * told of it does not say enough. One question at a time for each profile.
 */
export function createWatcher({ keeper, log }: { keeper: Keeper; log: Log }) {
  const watches = new WeakMap<Live, Watch>();

  function watchOf(live: Live): Watch {
    const known = watches.get(live);
    if (known) return known;
    const watch: Watch = {
      wantsAll: false,
      unclear: new Set(),
      toldSince: new Set(),
      enteredSince: new Set(),
      lookedAtMs: new Map(),
      askedAllAtMs: Number.NEGATIVE_INFINITY,
      isRunning: false,
    };
    watches.set(live, watch);
    return watch;
  }

  /** Stores all groups, a piece at a time: the event loop serves others in between. */
  async function askAll(live: Live, watch: Watch): Promise<void> {
    const isFirst = await keeper.isFirst(live);
    watch.askedAllAtMs = performance.now();
    watch.toldSince.clear();
    watch.enteredSince.clear();
    const unclearBefore = [...watch.unclear];
    const all = await live.session.groups?.all();
    if (!all) return;
    const told: ChatId[] = [];
    const skipped: ChatId[] = [];
    let piece: GroupInfo[] = [];
    let members = 0;
    const store = () => {
      // Of what has been told of meanwhile this may be an older state; it is looked at afterwards.
      const [changed, unchanged] = split(piece, ({ chat }) => watch.toldSince.has(chat));
      skipped.push(...changed.map(({ chat }) => chat));
      piece = [];
      members = 0;
      return keeper.piece(live, unchanged, { isFirst });
    };
    for (const group of all.read()) {
      if (live.ended.aborted) return;
      told.push(group.chat);
      piece.push(group);
      members += group.memberCount;
      const isFull = piece.length >= pieceMax.groups || members >= pieceMax.members;
      if (isFull && !(await store())) return;
      await nextTurn();
    }
    if (!(await store())) return;
    await keeper.end(live, [...told, ...watch.enteredSince]);
    watch.wantsAll = false;
    for (const chat of unclearBefore) watch.unclear.delete(chat);
    // Of those that we have entered since, we were told the whole.
    for (const chat of skipped) if (!watch.enteredSince.has(chat)) watch.unclear.add(chat);
  }

  async function lookAt(live: Live, watch: Watch, chat: ChatId): Promise<void> {
    watch.toldSince.delete(chat);
    watch.unclear.delete(chat);
    watch.lookedAtMs.set(chat, performance.now());
    try {
      await keeper.looked(live, chat, await live.session.groups?.look(chat));
    } catch (error) {
      watch.unclear.add(chat);
      throw error;
    }
    if (watch.toldSince.has(chat)) watch.unclear.add(chat);
  }

  /** The next one to look at, and how long it has to wait still. */
  function next({ unclear, lookedAtMs }: Watch): { chat: ChatId; waitMs: number } | undefined {
    const nowMs = performance.now();
    const waits = [...unclear].map((chat) => {
      const atMs = lookedAtMs.get(chat);
      return { chat, waitMs: atMs === undefined ? 0 : Math.max(0, atMs + againMs - nowMs) };
    });
    return waits.toSorted((a, b) => a.waitMs - b.waitMs)[0];
  }

  async function work(live: Live, watch: Watch): Promise<void> {
    let failures = 0;
    while (!live.ended.aborted) {
      if (watch.unclear.size > looksMax && performance.now() - watch.askedAllAtMs > allAgainMs) {
        watch.wantsAll = true;
      }
      try {
        if (watch.wantsAll) await askAll(live, watch);
        else {
          const look = next(watch);
          if (!look) return;
          if (look.waitMs > 0) await pause(look.waitMs, undefined, { signal: live.ended });
          await lookAt(live, watch, look.chat);
        }
        failures = 0;
      } catch (error) {
        if (live.ended.aborted) return;
        log.warn({ err: error, profileId: live.profileId }, 'groups could not be asked about; trying again');
        const waitMs = failureWaitsMs[Math.min(failures++, failureWaitsMs.length - 1)] ?? busyMs;
        const busy = error instanceof EngineBusy ? (error.retryAfterMs ?? busyMs) : 0;
        await pause(Math.max(waitMs, busy), undefined, { signal: live.ended }).catch(() => undefined);
      }
    }
  }

  function run(live: Live, watch: Watch): void {
    if (watch.isRunning || live.ended.aborted || !live.session.groups) return;
    watch.isRunning = true;
    void work(live, watch).finally(() => {
      watch.isRunning = false;
      if (watch.wantsAll || watch.unclear.size > 0) run(live, watch);
    });
  }

  return {
    connected(live: Live): void {
      const watch = watchOf(live);
      watch.wantsAll = true;
      run(live, watch);
    },

    /** Hears of everything that is told, before it is stored. */
    told(live: Live, news: readonly GroupNews[]): void {
      const watch = watchOf(live);
      for (const { chat, change } of news) {
        watch.toldSince.add(chat);
        if (change.is === 'entered') watch.enteredSince.add(chat);
      }
    },

    /** These have to be looked at. */
    look(live: Live, chats: readonly ChatId[]): void {
      if (chats.length === 0) return;
      const watch = watchOf(live);
      for (const chat of chats) watch.unclear.add(chat);
      run(live, watch);
    },
  };
}

export type Watcher = ReturnType<typeof createWatcher>;

function split<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  const first = items.filter(isFirst);
  return [first, items.filter((item) => !first.includes(item))];
}
