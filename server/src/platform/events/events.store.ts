import { type Insertable, type RawBuilder, sql } from 'kysely';
import type { Reach } from '../actor.ts';
import type { Tables } from '../db/tables.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { profileIdInReach } from '../reach.ts';
import type { EventDefinition, RecordedEvent } from './define.ts';
import { eventColumns, recordedEvent } from './row.ts';

export async function insertEvents(tx: Tx, rows: readonly Insertable<Tables['events']>[]): Promise<void> {
  await tx.insertInto('events').values(rows).execute();
}

/** Events that a larger statement records: one for each row of `from`. */
export interface EventsOfRows {
  /** The same of all rows, or of each the one that a column names. */
  definition: Pick<EventDefinition, 'name'> | { column: string };
  /** What follows `from`; it must name `organization_id` and `profile_id`, and order the rows. */
  from: RawBuilder<unknown>;
  /** The body, as jsonb. */
  body: RawBuilder<unknown>;
}

/** An insert to put into the statement of the change itself. */
export function insertFrom({ definition, from, body }: EventsOfRows, now: Date): RawBuilder<unknown> {
  const name = 'column' in definition ? sql.ref(definition.column) : definition.name;
  return sql`
    insert into events (id, name, organization_id, profile_id, body, occurred_at)
    select gen_random_uuid(), ${name}, organization_id, profile_id, ${body}, ${now}
    from ${from}`;
}

/** Events behind a position, in order. */
export async function eventsBehind(db: Db, position: number, limit: number): Promise<RecordedEvent[]> {
  const rows = await db
    .selectFrom('events')
    .select(eventColumns)
    .where('position', '>', position)
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map(recordedEvent);
}

/** Which events of an organisation: all when `names` is absent, and further names for profiles within a reach. */
export interface EventsWanted {
  organizationId: string;
  profileId?: string | undefined;
  names?: readonly string[] | undefined;
  narrower: readonly { names: readonly string[]; reach: Reach }[];
  /** Behind this position, and up to that one. */
  after: number;
  upTo: number;
  /** Happened at these moments or between them. */
  from?: Date | null;
  until?: Date | null;
}

/** The first of them, in order. */
export async function eventsWanted(db: Db, selection: EventsWanted, limit: number): Promise<RecordedEvent[]> {
  const { organizationId, profileId, names, narrower, after, upTo, from, until } = selection;
  const rows = await db
    .selectFrom('events')
    .select(eventColumns)
    .where('organization_id', '=', organizationId)
    .where('position', '>', after)
    .where('position', '<=', upTo)
    .$if(Boolean(from), (query) => query.where('occurred_at', '>=', from as Date))
    .$if(Boolean(until), (query) => query.where('occurred_at', '<=', until as Date))
    .$if(profileId !== undefined, (query) => query.where('profile_id', '=', profileId ?? ''))
    .$if(names !== undefined, (query) =>
      query.where((eb) =>
        eb.or([
          sql<boolean>`name = any(${names}::text[])`,
          ...narrower.map(
            (part) =>
              sql<boolean>`(name = any(${part.names}::text[]) and ${profileIdInReach(part.reach, 'events.profile_id')})`,
          ),
        ]),
      ),
    )
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map(recordedEvent);
}

/** The newest position. */
export async function lastPosition(db: Db): Promise<number> {
  const row = await db.selectFrom('event_log').select('last_position').executeTakeFirst();
  return row?.last_position ?? 0;
}

/** The newest position, and the newest event that has none yet; 0 when all have one. One look into a small index. */
export async function headOfLog(db: Db): Promise<{ position: number; unnumbered: number }> {
  const row = await db
    .selectFrom('event_log')
    .select([
      'last_position as position',
      sql<number>`(select coalesce(max(seq), 0) from events where position is null)`.as('unnumbered'),
    ])
    .executeTakeFirst();
  return { position: row?.position ?? 0, unnumbered: Number(row?.unnumbered ?? 0) };
}

/** Whether one of the events up to this one has no position yet. */
export async function isUnnumbered(db: Db, seq: number): Promise<boolean> {
  const found = await db
    .selectFrom('events')
    .select('seq')
    .where('position', 'is', null)
    .where('seq', '<=', seq)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** The highest position that was removed for its age. */
export async function keptAfter(db: Db): Promise<number> {
  const row = await db.selectFrom('event_log').select('kept_after').executeTakeFirst();
  return row?.kept_after ?? 0;
}

const batch = 2_000;

/**
 * Removes events from before a moment, in batches, but none that a reader has still to read. Each batch notes the highest
 * position it removed, because a cursor behind that position is no longer good.
 */
export async function purgeEventsBefore(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (;;) {
    const { rows } = await sql<{ count: number }>`
      with gone as (
        delete from events where seq in (
          select seq from events
          where position <= (select coalesce(min(position), 0) from event_cursors) and occurred_at < ${before}
          order by position limit ${batch}
        ) returning position
      ), noted as (
        update event_log set kept_after = greatest(kept_after, (select max(position) from gone))
        where exists (select from gone)
      )
      select count(*) from gone`.execute(db);
    const count = Number(rows[0]?.count ?? 0);
    removed += count;
    if (signal.aborted || count < batch) return removed;
  }
}
