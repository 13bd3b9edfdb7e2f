import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { coalesced } from '../concurrency/coalesced.ts';
import { notify } from '../db/channels.ts';
import type { Database } from '../db/connect.ts';
import type { Log } from '../log.ts';
import type { RecordedEvent } from './define.ts';
import { batchMax, becomeRelay, numberBatch } from './relay.sql.ts';
import { type EventRow, recordedEvent } from './row.ts';

/** The relay listens here: another node has committed events. */
const recordedChannel = 'multiwa_events_recorded';

/** Batches begin at least this far apart, so that a stream of single events is numbered several at a time. */
const restMs = 6;
/** The relay looks by itself after so long, for what a node committed that died before it could tell. */
const safetyLookMs = 5_000;
/** Who is not the relay, or is in trouble, tries to be it so often. */
const againMs = 1_000;
/** How long events wait for others that follow them anyway. */
const soonMs = 25;
const queryMsMax = 5_000;

/** When the holder's machine is gone, the lock must not stay for the two hours that TCP would wait. */
const lockGoesWithMachine = ['tcp_keepalives_idle=5', 'tcp_keepalives_interval=2', 'tcp_keepalives_count=3'];
/**
 * The statement is planned once, often while there are no events at all, and any plan is good for none. Only a scan along
 * the index of unnumbered events, in its order, passes over the entries of those that have a number already; all other
 * plans read them each time, the ones that go through the index of positions too.
 */
export const alongTheIndex = ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin'].map(
  (plan) => `enable_${plan}=off`,
);

/** Numbers committed events. Every node has a relay; the one that holds the lock works, the others wait. */
export interface Relay {
  /** There may be something to number: cheap, call it after every commit. */
  poke(): void;
  /** The same for what can wait a moment for more. */
  pokeSoon(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** `offer` gets each batch of this process while it is numbered, so that its readers need not ask the database. */
export function createRelay(options: {
  database: Database;
  log: Log;
  offer: (batch: Promise<RecordedEvent[]>) => void;
}): Relay {
  const { database, log } = options;
  let session: Client | undefined;
  let soon: NodeJS.Timeout | undefined;
  let holds = false;
  let stopped = true;
  let failing = false;
  let unlisten: (() => Promise<void>) | undefined;
  let timer: NodeJS.Timeout | undefined;

  const number = coalesced(async () => {
    const startedAt = performance.now();
    try {
      if (stopped) return;
      if (await hold()) while ((await publishBatch()) === batchMax);
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'Events could not be numbered; trying on every second');
      failing = true;
      await leave();
    }
    const restLeftMs = restMs - (performance.now() - startedAt);
    if (restLeftMs > 0) await pause(restLeftMs);
    lookAfter(holds ? safetyLookMs : againMs);
  });
  function lookAfter(ms: number): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void number(), ms);
  }
  const tellHolder = coalesced(async () => {
    await notify(database.db, recordedChannel).catch((error: unknown) =>
      log.debug({ err: error }, 'The relay could not be told; it looks by itself'),
    );
  });

  /** True when this node is the relay. The lock belongs to a session of its own and ends with it. */
  async function hold(): Promise<boolean> {
    if (!session) {
      const client = new Client({
        ...database.poolConfig,
        query_timeout: queryMsMax,
        options: [...lockGoesWithMachine, ...alongTheIndex].map((setting) => `-c ${setting}`).join(' '),
      });
      const forget = () => {
        if (session !== client) return;
        session = undefined;
        holds = false;
        lookAfter(againMs);
      };
      client.on('error', forget);
      client.on('end', forget);
      session = client;
      await client.connect();
    }
    if (holds) return true;
    const { rows } = await session.query<{ held: boolean }>(becomeRelay);
    holds = session !== undefined && rows[0]?.held === true;
    return holds;
  }

  async function publishBatch(): Promise<number> {
    if (!session) return 0;
    const batch = session.query<EventRow>(numberBatch).then(({ rows }) => rows.map(recordedEvent));
    options.offer(batch);
    return (await batch).length;
  }

  async function leave(): Promise<void> {
    const client = session;
    session = undefined;
    holds = false;
    await client?.end().catch(() => undefined);
  }

  const onRecorded = () => {
    if (holds) void number();
  };
  let poked = false;
  /** What is committed in one turn is numbered at once: the second call must not ask for another batch. */
  function poke(): void {
    clearTimeout(soon);
    soon = undefined;
    if (poked) return;
    poked = true;
    queueMicrotask(() => {
      poked = false;
      if (!stopped) void (holds ? number() : tellHolder());
    });
  }

  return {
    poke,
    pokeSoon() {
      soon ??= setTimeout(poke, soonMs);
    },
    async start() {
      stopped = false;
      unlisten = await database.listen(recordedChannel, onRecorded, { onReconnect: onRecorded });
      await number();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(soon);
      await unlisten?.();
      await number();
      await leave();
    },
  };
}
