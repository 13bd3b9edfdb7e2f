import { page as pageOf } from '../../http/list.ts';
import { given } from '../../http/schema.ts';
import type { Actor, Reach } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventDefinition, RecordedEvent } from '../../platform/events/define.ts';
import type { Feed, FeedQuery } from '../../platform/events/feed.ts';
import type { PassingEvents } from '../../platform/events/passing.ts';
import { readPatterns, wants } from '../../platform/events/pattern.ts';
import type { EventLog } from '../../platform/events/reader.ts';
import { type WireEvent, wireEvent } from '../../platform/events/wire.ts';
import { knownProfiles, profileOf } from '../../platform/known-profiles.store.ts';
import type { Log } from '../../platform/log.ts';
import { isEverywhere, reachOf } from '../../platform/reach.ts';

export interface EventServiceDeps {
  db: Db;
  log: Log;
  eventLog: EventLog;
  passing: Pick<PassingEvents, 'tail'>;
  catalogue: () => readonly EventDefinition[];
}

export type EventService = ReturnType<typeof createEventService>;

export function createEventService(deps: EventServiceDeps) {
  const { db, log, eventLog } = deps;

  /** The public events this caller may read and asked for: those of the whole organisation, and those of some profiles. */
  function namesFor(actor: Actor, asked: string | undefined) {
    const open = deps.catalogue().filter((one) => one.isPublic || one.isPassing);
    const names = open.map((one) => one.name);
    const words = (asked ?? '').split(',').map((one) => one.trim());
    const patterns = readPatterns(words.filter(Boolean), names, '/event');
    const wanted = open.filter(({ name }) => patterns.length === 0 || wants(patterns, name));
    const whole: string[] = [];
    const narrower: { names: string[]; reach: Reach }[] = [];
    for (const [permission, definitions] of Map.groupBy(wanted, (one) => one.permission)) {
      const some = definitions.map(({ name }) => name);
      const reach = reachOf(actor, permission);
      if (reach && isEverywhere(reach)) whole.push(...some);
      else if (reach) narrower.push({ names: some, reach });
    }
    return { names: whole, narrower };
  }

  /** Those in memory are the same for all who follow, and so is what they are shown. */
  const wired = new WeakMap<RecordedEvent, Promise<WireEvent>>();
  function shownAs(event: RecordedEvent, definition: EventDefinition): Promise<WireEvent> {
    const known = wired.get(event) ?? wireEvent(event, definition, log);
    wired.set(event, known);
    return known;
  }

  return {
    async open(actor: Actor, query: FeedQuery): Promise<Feed> {
      const profileId = await profileOf(db, actor, given(query.profileId));
      const readable = namesFor(actor, query.event);
      const { limit } = pageOf(query);
      const { organizationId } = actor;
      const after = query.after === 'now' ? await eventLog.head() : Number(query.after ?? 0);
      const definitionOf = (name: string) => deps.catalogue().find((one) => one.name === name);
      /** Whether profiles lie where the caller hears of them; asked anew by each reading. */
      const within = new Map<string, Promise<boolean>>();
      const hears = async ({ name, profileId: about }: RecordedEvent): Promise<boolean> => {
        if (readable.names.includes(name)) return true;
        const reach = readable.narrower.find(({ names }) => names.includes(name))?.reach;
        if (!reach || about === null) return false;
        const key = `${name} ${about}`;
        const known =
          within.get(key) ??
          knownProfiles(db, { organizationId, reach }, [about]).then((ids) => ids.length > 0);
        within.set(key, known);
        return known;
      };
      /** As this caller is shown them. */
      const shown = async (recorded: RecordedEvent[]) => {
        const definitions = new Map(deps.catalogue().map((one) => [one.name, one]));
        const events = recorded.flatMap((event) => {
          const definition = definitions.get(event.name);
          return definition ? [shownAs(event, definition)] : [];
        });
        return { recorded, events: await Promise.all(events) };
      };
      const isOurs = (event: RecordedEvent) =>
        event.organizationId === organizationId && (!profileId || event.profileId === profileId);
      const next: Feed['next'] = async (after) => {
        const { events, ...rest } = await eventLog.page({
          ...{ organizationId, profileId, ...readable, after, limit },
        });
        return { ...(await shown(events)), ...rest };
      };
      return {
        after,
        next,
        async follow(after) {
          const known = eventLog.inMemory(after);
          if (!known) return next(after);
          const ours: RecordedEvent[] = [];
          for (const event of known.events) if (isOurs(event) && (await hears(event))) ours.push(event);
          return { ...(await shown(ours)), cursor: known.upTo, hasMore: false };
        },
        async passing(event) {
          const definition = definitionOf(event.name);
          if (!definition?.isPassing || !isOurs(event) || !(await hears(event))) return undefined;
          return shownAs(event, definition);
        },
      };
    },
  };
}
