import type { Clock } from '../../platform/clock.ts';
import type { EventDefinition, RecordedEvent } from '../../platform/events/define.ts';
import type { EventReader } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Audience } from './audience.ts';
import { inserting, type MadeNotification, type NewNotification } from './fan-out.sql.ts';
import type { SettledTopic } from './notifications.store.ts';
import { letterDueAt, pushDueAt } from './pace.ts';
import { withinBounds } from './text.ts';

/** Nobody minds a notification a quarter of a second later; under load one statement makes those of many events. */
const restMs = 250;

/**
 * Turns events into notifications, behind the paths that record them: one for each member who may read what happened and
 * wants to know. All of a batch of events are one statement, together with the step of the reader: a crash makes none twice.
 */
export function createFanOut(deps: {
  clock: Clock;
  log: Log;
  audience: Audience;
  catalogue: () => readonly EventDefinition[];
  /** What is unread of these topics and older than the event becomes read. */
  settle(topics: readonly SettledTopic[]): Promise<void>;
  /** What was made, or counted, after the commit. */
  made(rows: readonly MadeNotification[]): void;
}): EventReader {
  const { audience, clock, log } = deps;
  /** What a batch comes to, between the question and the work. */
  const plans = new WeakMap<readonly RecordedEvent[], NewNotification[]>();

  async function plan(events: RecordedEvent[]): Promise<NewNotification[]> {
    const definitions = new Map(deps.catalogue().map((definition) => [definition.name, definition]));
    const settled = events.flatMap((event) =>
      (definitions.get(event.name)?.settles(event) ?? []).map((topic) => ({ topic, event })),
    );
    // Before what came later is counted; doing it again does nothing, for only what is older is read by it.
    if (settled.length > 0) await deps.settle(settled);
    const isRead = ({ topic, event }: NewNotification) =>
      settled.some((one) => one.topic === topic && one.event.position > event.position);
    const telling = events.filter((event) => definitions.get(event.name)?.notice);
    if (telling.length === 0) return [];
    await audience.learn(telling);
    const rows = telling.flatMap((event) =>
      notificationsOf(event, definitions.get(event.name) as EventDefinition),
    );
    return merged(rows.filter((row) => !isRead(row)));
  }

  function notificationsOf(event: RecordedEvent, definition: EventDefinition): NewNotification[] {
    const notice = noticeOf(event, definition);
    if (!notice) return [];
    const { kind, topic = null, onlyTo } = notice;
    const metadata = JSON.stringify(notice.metadata);
    const said = withinBounds(notice);
    // About one's own account everybody is told, whatever they may read.
    const permission = kind === 'security' ? undefined : definition.permission;
    return audience.of(event, permission).flatMap(({ id: userId, choices, hasPush, hasMail }) => {
      if (onlyTo !== undefined && userId !== onlyTo) return [];
      const choice = choices.kinds[kind];
      // Nor does it wait for the morning.
      const clocks = kind === 'security' ? { ...choices, quietHours: undefined } : choices;
      const emailDueAt = hasMail ? letterDueAt(choice.email, clocks, clock.now()) : null;
      const pushDue = !hasPush ? null : pushDueAt(choice.push, clocks, clock.now());
      if (!choice.inApp && !emailDueAt && !pushDue) return [];
      const how = { shown: choice.inApp, emailDueAt, pushDueAt: pushDue };
      return [{ userId, event, kind, topic, ...said, metadata, count: 1, ...how }];
    });
  }

  function noticeOf(event: RecordedEvent, { notice, name }: EventDefinition) {
    try {
      return notice?.(event, { now: clock.now(), profileName: audience.nameOfProfile(event.profileId) });
    } catch (error) {
      // One event that is not as it should be must not hold up those behind it.
      log.error({ err: error, event: name, eventId: event.id }, 'A notice could not be made');
      return undefined;
    }
  }

  return {
    name: 'notifications',
    restMs,
    async concerns(events) {
      const rows = await plan(events);
      plans.set(events, rows);
      return rows.length > 0;
    },
    passed: () => audience.forget(),
    async readAtOnce(events) {
      const rows = plans.get(events) ?? (await plan(events));
      if (rows.length === 0) return undefined;
      return {
        ...inserting(rows),
        done: (made) => deps.made(made as MadeNotification[]),
        // A member who was deleted meanwhile would fail again and again.
        failed: () => {
          audience.forget();
          plans.delete(events);
        },
      };
    },
  };
}

/** A statement may touch a row once: what one batch tells a person of one topic is one notification. */
function merged(rows: readonly NewNotification[]): NewNotification[] {
  const byTopic = new Map<string, NewNotification>();
  for (const row of rows) {
    const key = `${row.userId} ${row.topic ?? row.event.id}`;
    byTopic.set(key, { ...row, count: (byTopic.get(key)?.count ?? 0) + 1 });
  }
  return [...byTopic.values()];
}
