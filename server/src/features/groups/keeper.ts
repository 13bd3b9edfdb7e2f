import type { GroupInfo, GroupNews } from '../../engines/port.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { createTurns } from '../../platform/concurrency/in-turn.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { isHeld, type Live } from '../profiles/index.ts';
import { type Fact, factsOf } from './facts.ts';
import { keepNews, weLeft } from './keep-news.ts';
import { keepWhole } from './keep-whole.ts';
import { lastSync, lockGroups, lockOthers, noteSync } from './whole.store.ts';

/**
 * Writes what is known of groups: one change after the other for each profile, under its lease, and with its events in the
 * same transaction.
 */
export function createKeeper(deps: { db: Db; clock: Clock; events: EventRecorder }) {
  const { db, clock, events } = deps;
  const { inTurn, idle } = createTurns();

  /** False when the profile is no longer ours: whoever has it asks for everything anew. */
  const write = (live: Live, work: (tx: Tx) => Promise<Fact[]>): Promise<boolean> =>
    inTurn(live.profileId, () =>
      inTransaction(db, async (tx) => {
        if (!(await isHeld(tx, live))) return false;
        await events.recordAll(tx, await work(tx));
        return true;
      }),
    );

  return {
    /** Stores what has happened; answers the groups that have to be looked at, or undefined when they are not ours. */
    async news(
      live: Live,
      news: readonly GroupNews[],
      also?: (tx: Tx) => Promise<void>,
    ): Promise<ChatId[] | undefined> {
      let unclear: ChatId[] = [];
      const isOurs = await write(live, async (tx) => {
        const kept = await keepNews(tx, live, news, clock.now());
        unclear = kept.unclear;
        await also?.(tx);
        return kept.facts;
      });
      return isOurs ? unclear : undefined;
    },

    /** A group as it was looked at; undefined: we are not in it. */
    async looked(live: Live, chat: ChatId, group: GroupInfo | undefined): Promise<void> {
      const now = clock.now();
      await write(live, async (tx) => {
        if (group) return keepWhole(tx, live, [group], { now });
        const [row] = await lockGroups(tx, live.profileId, [chat]);
        if (!row || row.left_at) return [];
        return weLeft(tx, row, factsOf(row, { at: now }).left('found'), { at: now, now });
      });
    },

    /** Some of all groups; `isFirst` when the profile's groups have never been told before. */
    async piece(
      live: Live,
      groups: readonly GroupInfo[],
      { isFirst }: { isFirst: boolean },
    ): Promise<boolean> {
      return write(live, (tx) => keepWhole(tx, live, groups, { now: clock.now(), isFirst }));
    },

    /** All groups have been told: we are in no others. */
    async end(live: Live, told: readonly ChatId[]): Promise<boolean> {
      const now = clock.now();
      return write(live, async (tx) => {
        const facts: Fact[] = [];
        for (const row of await lockOthers(tx, live.profileId, told)) {
          facts.push(...(await weLeft(tx, row, factsOf(row, { at: now }).left('found'), { at: now, now })));
        }
        await noteSync(tx, live, now);
        return facts;
      });
    },

    isFirst: (live: Live): Promise<boolean> =>
      inTransaction(db, async (tx) => (await lastSync(tx, live.profileId)) === undefined),
    idle,
  };
}

export type Keeper = ReturnType<typeof createKeeper>;
