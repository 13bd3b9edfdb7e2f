import { type Clock, later } from '../../../platform/clock.ts';
import { createWakeAt } from '../../../platform/concurrency/wake-at.ts';
import type { Log } from '../../../platform/log.ts';
import type { Live } from '../../profiles/index.ts';
import type { BroadcastStore } from '../broadcasts.store.ts';
import type { createTurn } from './turn.ts';

/** Profiles that are fed side by side. */
const atOnce = 4;
/** Turns of one profile before the others are looked at again. */
const turnsMax = 64;
/** What waits for something that nobody may tell of. */
const fullMs = 1_000;
const takenMs = 50;
const troubleMs = 15_000;
const troublesMax = 5;

/**
 * Feeds the queues of the profiles that are connected here with messages of their campaigns, so that it is nearly empty and
 * a reply never waits. A profile without a connection is fed nothing: its recipients wait as recipients.
 */
export function createFeeder(deps: {
  clock: Clock;
  log: Log;
  store: BroadcastStore;
  turn: ReturnType<typeof createTurn>;
  live(profileId: string): Live | undefined;
  /** The time of one that was scheduled or paused has come. */
  begin(id: string): Promise<void>;
  /** It has failed too often for a fault of ours: a person has to look at it. */
  stop(id: string): Promise<void>;
  tellOwner(profileId: string): void;
  /** Looks ahead at whom campaigns come to next. */
  scout(profileId: string): Promise<void>;
}) {
  const { clock, log, store } = deps;
  /** Faults in a row, of campaigns that had any. */
  const troubles = new Map<string, number>();
  /** Campaigns and profiles that wait for something, and until when at most. */
  const resting = new Map<string, number>();

  function isResting(id: string): boolean {
    const untilMs = resting.get(id);
    if (untilMs === undefined) return false;
    if (untilMs > clock.now().getTime()) return true;
    resting.delete(id);
    return false;
  }
  const rest = (id: string, ms: number) => void resting.set(id, clock.now().getTime() + ms);

  /** One campaign with a fault must not hold up the others, nor try for ever. */
  async function trouble({ id, error }: { id: string; error: unknown }): Promise<void> {
    const times = (troubles.get(id) ?? 0) + 1;
    log.error({ err: error, broadcastId: id }, 'a campaign could not go on; trying again');
    troubles.set(id, times);
    rest(id, troubleMs);
    if (times < troublesMax) return;
    troubles.delete(id);
    await deps.stop(id);
  }

  async function feedProfile(live: Live): Promise<void> {
    const { profileId } = live;
    await deps.scout(profileId);
    const passed = new Set([...resting.keys()].filter(isResting));
    for (let turns = 0; turns < turnsMax && !live.ended.aborted && !isResting(profileId); turns++) {
      const result = await deps.turn(live, passed);
      if (result.is === 'none') return;
      if (result.is === 'crowded') {
        rest(profileId, fullMs);
        return;
      }
      if (result.is === 'fed') {
        troubles.delete(result.id);
        continue;
      }
      passed.add(result.id);
      if (result.is === 'trouble') await trouble(result);
      if (result.is === 'full') rest(result.id, fullMs);
      if (result.is === 'taken') rest(result.id, takenMs);
    }
  }

  async function look(): Promise<Date | undefined> {
    const now = clock.now();
    const due = await store.due(now);
    for (const id of due.ids) {
      await deps
        .begin(id)
        .catch((err: unknown) => log.error({ err, broadcastId: id }, 'a campaign could not begin'));
    }
    let next = due.next;
    const sooner = (moment: Date) => {
      if (!next || moment < next) next = moment;
    };
    const hungry: Live[] = [];
    for (const { profileId, dueAt } of await store.running()) {
      const live = deps.live(profileId);
      if (!live) continue;
      if (dueAt > now) sooner(dueAt);
      else if (!isResting(profileId)) hungry.push(live);
    }
    for (let at = 0; at < hungry.length; at += atOnce) {
      await Promise.all(
        hungry.slice(at, at + atOnce).map((live) =>
          feedProfile(live).catch((error: unknown) => {
            log.error({ err: error, profileId: live.profileId }, 'campaigns could not go on; trying again');
            rest(live.profileId, troubleMs);
          }),
        ),
      );
    }
    if (hungry.length > 0) {
      const here = new Set(hungry.map(({ profileId }) => profileId));
      for (const { profileId, dueAt } of await store.running()) if (here.has(profileId)) sooner(dueAt);
      // One may have paused itself until a moment.
      const begins = (await store.due(now)).next;
      if (begins) sooner(begins);
    }
    for (const untilMs of resting.values()) sooner(new Date(untilMs));
    const soonest = later(clock.now(), takenMs);
    return next && next < soonest ? soonest : next;
  }

  const wake = createWakeAt({
    clock,
    look,
    failed: (err) => log.warn({ err }, 'campaigns could not be looked at; trying again'),
  });

  /** False when the profile is not connected here. */
  function here(profileId: string): boolean {
    for (const id of resting.keys()) if (!troubles.has(id)) resting.delete(id);
    wake.at(clock.now());
    return deps.live(profileId) !== undefined;
  }

  return {
    start: wake.start,
    stop: wake.stop,
    here,
    connected: (live: Live) => void here(live.profileId),
    /** Something may be due sooner than was known. */
    at: (moment: Date) => wake.at(moment),
    /** There is something to feed for this profile, on whichever node owns it. */
    poke: (profileId: string) => void (here(profileId) || deps.tellOwner(profileId)),
  };
}
