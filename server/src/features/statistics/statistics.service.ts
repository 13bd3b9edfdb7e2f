import type { Actor } from '../../platform/actor.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import { knownProfiles, profileOf, profilesOf } from '../../platform/known-profiles.store.ts';
import type { Permission } from '../../platform/permissions.ts';
import { reachOf } from '../../platform/reach.ts';
import { dayAfter, daysBetween, daysFrom, placeInDay } from './calendar.ts';
import type { BacklogStore } from './counting/backlog.store.ts';
import { zoneOf } from './counting/days.store.ts';
import type { AutomationCounts, BroadcastCounts, Part } from './parts.ts';
import { presentMessages } from './present-messages.ts';
import { presentResponses } from './present-responses.ts';
import { presentTrend } from './present-trend.ts';
import { type Range, rangeOf } from './range.ts';
import type { AnsweredBy } from './responses/steps.ts';
import { type granularities, messageDaysUsual, profilesMax, responseDaysUsual } from './statistics.schema.ts';
import type { StatisticsStore } from './statistics.store.ts';
import { zoneChangeOf } from './zones.store.ts';

interface ProfileAsked {
  profileId?: string;
}
interface RangeAsked extends ProfileAsked {
  startDate?: string;
  endDate?: string;
}
const growthDays = 30;
const activeDays = 7;

/** What the counts say, of one profile or of all that the caller may see. */
export function createStatisticsService(deps: {
  db: Db;
  clock: Clock;
  store: StatisticsStore;
  backlog: Pick<BacklogStore, 'hasBacklog'>;
  broadcasts: BroadcastCounts;
  automations: AutomationCounts;
}) {
  const { db, clock, store, backlog, broadcasts, automations } = deps;

  /** @throws Failure PROFILE_NOT_FOUND */
  async function partOf(actor: Actor, { profileId }: ProfileAsked): Promise<Part> {
    // An empty value is none.
    return { tenancy: actor, profileId: await profileOf(db, actor, profileId || undefined) };
  }

  /** @throws Failure PROFILE_NOT_FOUND, VALIDATION_ERROR */
  async function asked(actor: Actor, query: RangeAsked, usual: number): Promise<[Part, Range]> {
    const zone = await zoneOf(db, actor.organizationId);
    const range = rangeOf(query, { zone, now: clock.now(), usual });
    return [await partOf(actor, query), range];
  }

  /** In the order in which they are asked for. */
  async function profilesAsked(actor: Actor, list: string | undefined): Promise<string[]> {
    const ids = [...new Set((list ?? '').split(',').map((id) => id.trim()))].filter(Boolean);
    if (ids.length === 0) return (await profilesOf(db, actor)).slice(0, profilesMax);
    if (ids.length > profilesMax) {
      const problem = `must name at most ${profilesMax} profiles`;
      throw new Failure('VALIDATION_ERROR', { details: [{ path: '/profileIds', problem }] });
    }
    const known = await knownProfiles(db, actor, ids.filter(isUuid));
    return ids.filter((id) => known.includes(id));
  }

  return {
    /** Each part of what the caller may see there, of their own organisation; nothing of what they may not. */
    async dashboard(actor: Actor) {
      const zone = await zoneOf(db, actor.organizationId);
      const today = placeInDay(clock.now(), zone).day;
      const where = (permission: Permission): Part | undefined => {
        const reach = reachOf(actor, permission);
        return reach && { tenancy: { organizationId: actor.organizationId, reach } };
      };
      const seen = {
        profiles: where('profile:read'),
        messages: where('message:read'),
        contacts: where('contact:read'),
        broadcasts: where('broadcast:read'),
      };
      const [profiles, messages, contacts, ofBroadcasts] = await Promise.all([
        seen.profiles ? store.profiles(seen.profiles) : { total: 0, connected: 0 },
        seen.messages ? store.messageTotals(seen.messages, today) : { total: 0, today: 0 },
        seen.contacts ? store.contactTotal(seen.contacts) : 0,
        seen.broadcasts ? broadcasts.total(seen.broadcasts) : 0,
      ]);
      return { profiles, messages, contacts: { total: contacts }, broadcasts: { total: ofBroadcasts } };
    },

    async messages(actor: Actor, query: RangeAsked) {
      const [part, range] = await asked(actor, query, messageDaysUsual);
      const [rows, isCounting, change] = await Promise.all([
        store.messages(part, range),
        backlog.hasBacklog(),
        zoneChangeOf(db, actor.organizationId),
      ]);
      const days = daysBetween(range.from, range.to);
      const { from: startDate, to: endDate, zone: timeZone } = range;
      return {
        ...{ ...presentMessages(rows, days), startDate, endDate, timeZone },
        isComplete: !isCounting && !change?.isCounting,
        otherZoneUntil: within(range, change?.messagesFrom && dayAfter(change.messagesFrom, -1)),
      };
    },

    async trend(actor: Actor, query: RangeAsked & { granularity?: (typeof granularities)[number] }) {
      const [part, range] = await asked(actor, query, messageDaysUsual);
      return presentTrend(store, part, range, query.granularity ?? 'day');
    },

    /** @throws Failure VALIDATION_ERROR */
    async ofProfiles(actor: Actor, query: Omit<RangeAsked, 'profileId'> & { profileIds?: string }) {
      const [, range] = await asked(actor, { ...query }, messageDaysUsual);
      const ids = await profilesAsked(actor, query.profileIds);
      const days = daysFrom(range.from, range.to);
      const places = new Map(days.map((day, place) => [day, place]));
      const profiles = new Map(
        ids.map((profileId) => {
          const [incoming, outgoing] = [days.map(() => 0), days.map(() => 0)];
          return [profileId, { profileId, incoming, outgoing }];
        }),
      );
      for (const row of await store.daysOf(ids, range)) {
        const [profile, place] = [profiles.get(row.profile_id), places.get(row.day)];
        if (!profile || place === undefined) continue;
        profile.incoming[place] = row.incoming;
        profile.outgoing[place] = row.outgoing;
      }
      return { days, profiles: [...profiles.values()] };
    },

    async contacts(actor: Actor, query: ProfileAsked) {
      const part = await partOf(actor, query);
      const zone = await zoneOf(db, actor.organizationId);
      const now = clock.now();
      const to = placeInDay(now, zone).day;
      const range = { from: dayAfter(to, 1 - growthDays), to, zone };
      const [{ total, with_tags, active, tags }, days] = await Promise.all([
        store.contacts(part, later(now, -activeDays * dayMs)),
        store.contactDays(part, range),
      ]);
      const growth = new Map(
        daysFrom(range.from, range.to).map((date) => [date, { date, count: 0, removed: 0 }]),
      );
      for (const { day, at, added, removed } of days) {
        const entry = growth.get(day ?? (at ? placeInDay(at, zone).day : ''));
        if (!entry) continue;
        entry.count += added;
        entry.removed += removed;
      }
      return {
        total,
        withTags: with_tags,
        withoutTags: total - with_tags,
        recentlyActive: active,
        topTags: tags ?? [],
        growth: [...growth.values()],
      };
    },

    broadcasts: async (actor: Actor, query: ProfileAsked) =>
      broadcasts.statistics(await partOf(actor, query)),

    automations: async (actor: Actor, query: ProfileAsked) =>
      automations.statistics(await partOf(actor, query)),

    async responses(actor: Actor, query: RangeAsked & { by?: AnsweredBy }) {
      const [part, range] = await asked(actor, query, responseDaysUsual);
      const [found, change] = await Promise.all([
        store.responses(part, range, query.by ?? 'person'),
        zoneChangeOf(db, actor.organizationId),
      ]);
      const { from: startDate, to: endDate, zone: timeZone } = range;
      return {
        ...{ ...presentResponses(found), startDate, endDate, timeZone },
        otherZoneUntil: within(range, change && placeInDay(change.changedAt, range.zone).day),
      };
    },
  };
}

/** The day, when one of the range is not behind it. */
const within = ({ from }: Range, day: string | null | undefined): string | null =>
  day && day >= from ? day : null;

export type StatisticsService = ReturnType<typeof createStatisticsService>;
