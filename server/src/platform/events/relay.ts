import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { notify } from '../db/channels.ts';
import type { Database } from '../db/connect.ts';
import type { Log } from '../log.ts';
import { coalesced } from './coalesced.ts';
import type { RecordedEvent } from './define.ts';
import { type EventRow, recordedEvent } from './row.ts';

/** Heard by every node: the newest position. */
export const numberedChannel = 'multiwa_events_numbered';
/** Heard by the node that numbers: another node has committed events. */
const recordedChannel = 'multiwa_events_recorded';

/** Any number that no other advisory lock of this program uses: its holder is the one relay. */
const relayLock = 7_120_419_352;
const batchMax = 500;
/** Batches begin at least this far apart, so that a stream of single events is numbered by the handful. */
const restMs = 6;
const safetyPollMs = 1_000;
const queryMsMax = 5_000;

/**
 * One statement, so one transaction: a position is visible only together with all smaller ones, whatever
 * the order in which the recording transactions committed. The row of event_log is a second fence beside
 * the lock.
 */
const numberBatch = `
  with batch as materialized (
    select seq, row_number() over (order by seq) as n
    from (select seq from events where position is null order by seq limit ${batchMax}) as unnumbered
  ), head as (
    update event_log set last_position = last_position + (select count(*) from batch)
    where exists (select from batch)
    returning last_position - (select count(*) from batch) as base
  ), numbered as (
    update events set position = head.base + batch.n from batch, head
    where events.seq = batch.seq and events.position is null
    returning events.id, events.name, events.position, events.organization_id, events.profile_id,
      events.occurred_at, events.body
  ), told as (
    select pg_notify('${numberedChannel}', max(position)::text) from numbered having count(*) > 0
  )
  select numbered.* from numbered, told order by position`;

/** Numbers committed events. Every node runs one; the one that holds the lock works, the others stand by. */
export interface Relay {
  /** There may be something to number: cheap, call it after every commit. */
  poke(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** `published` hears each batch in this process without a detour through the database. */
export function createRelay(options: {
  database: Database;
  log: Log;
  published: (events: RecordedEvent[]) => void;
}): Relay {
  const { database, log } = options;
  let session: Client | undefined;
  let holds = false;
  let stopped = true;
  let failing = false;
  let unlisten: (() => Promise<void>) | undefined;
  let poll: NodeJS.Timeout | undefined;

  const number = coalesced(async () => {
    const startedAt = performance.now();
    try {
      if (stopped || !(await hold())) return;
      while ((await publishBatch()) === batchMax);
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'Events could not be numbered; trying on every second');
      failing = true;
      await leave();
    }
    const restLeftMs = restMs - (performance.now() - startedAt);
    if (restLeftMs > 0) await pause(restLeftMs);
  });
  const tellHolder = coalesced(async () => {
    await notify(database.db, recordedChannel).catch((error: unknown) =>
      log.debug({ err: error }, 'The relay could not be told; it looks by itself'),
    );
  });

  /** True when this node is the relay; opens the session it takes, whose end is the end of the lock. */
  async function hold(): Promise<boolean> {
    if (!session) {
      const client = new Client({
        ...database.poolConfig,
        query_timeout: queryMsMax,
        // A holder whose machine vanished must not hold for the two hours TCP would wait.
        options: '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3',
      });
      const forget = () => {
        if (session !== client) return;
        session = undefined;
        holds = false;
      };
      client.on('error', forget);
      client.on('end', forget);
      session = client;
      await client.connect();
    }
    if (holds) return true;
    const { rows } = await session.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
      relayLock,
    ]);
    holds = session !== undefined && rows[0]?.held === true;
    return holds;
  }

  async function publishBatch(): Promise<number> {
    if (!session) return 0;
    const { rows } = await session.query<EventRow>({ name: 'number-batch', text: numberBatch });
    if (rows.length > 0) options.published(rows.map(recordedEvent));
    return rows.length;
  }

  async function leave(): Promise<void> {
    const client = session;
    session = undefined;
    holds = false;
    await client?.end().catch(() => undefined);
  }

  const heard = () => {
    if (holds) void number();
  };
  return {
    poke() {
      if (stopped) return;
      void (holds ? number() : tellHolder());
    },
    async start() {
      stopped = false;
      unlisten = await database.listen(recordedChannel, heard, { onReconnect: heard });
      poll = setInterval(() => void number(), safetyPollMs);
      await number();
    },
    async stop() {
      stopped = true;
      clearInterval(poll);
      await unlisten?.();
      await number();
      await leave();
    },
  };
}
