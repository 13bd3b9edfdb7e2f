import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Client, escapeIdentifier } from 'pg';
import { createTurns } from '../concurrency/in-turn.ts';
import type { DatabaseLog } from './database-log.ts';
import type { Db, Tx } from './transaction.ts';

export interface ListenOptions {
  /** Called when a lost connection is back: notifications in between are lost, so the caller must look by itself. */
  onReconnect?: () => void;
}
/** One connection for every channel this process listens to. */
export interface Channels {
  /**
   * Listens to a channel from when the promise resolves until the returned function is called. The handler gets
   * the payload, or an empty text; its errors are logged.
   */
  listen(
    channel: string,
    handler: (payload: string) => void,
    options?: ListenOptions,
  ): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
interface Subscription extends ListenOptions {
  handler: (payload: string) => void;
}
/** A client that runs one statement after the other, as pg requires. */
interface Line {
  run(statement: string): Promise<void>;
  end(): Promise<void>;
}

const retryMsFirst = 25;
const retryMsMax = 5_000;
/** Only a query shows that the server has vanished; the client's time limit ends that query. */
const heartbeatMs = 30_000;

/** Notifies a channel: at once, or when the transaction commits. Payloads end at 8000 bytes, so send ids. */
export async function notify(db: Db | Tx, channel: string, payload = ''): Promise<void> {
  await sql`select pg_notify(${channel}, ${payload})`.execute(db);
}

/** The same for several payloads, in one statement. */
export async function notifyAll(db: Db | Tx, channel: string, payloads: readonly string[]): Promise<void> {
  await sql`select pg_notify(${channel}, payload) from unnest(${payloads}::text[]) as payload`.execute(db);
}

/** Opens the connection when the first channel is listened to, and again with growing pauses when it breaks. */
export function createChannels(newClient: () => Client, log: DatabaseLog): Channels {
  const subscriptions = new Map<string, Set<Subscription>>();
  const closing = new AbortController();
  let current: Promise<Line> | undefined;

  const connected = (): Promise<Line> => {
    current ??= connectUntilDone();
    return current;
  };
  async function connectUntilDone(): Promise<Line> {
    for (let attempt = 0; ; attempt++) {
      closing.signal.throwIfAborted();
      try {
        return await connect();
      } catch (error) {
        if (attempt === 0)
          log.warn({ err: error }, 'The database connection for notifications failed; trying on');
        const waitMs = Math.min(retryMsFirst * 2 ** attempt, retryMsMax) * (0.5 + Math.random() / 2);
        await pause(waitMs, undefined, { signal: closing.signal });
      }
    }
  }
  async function connect(): Promise<Line> {
    const client = newClient();
    const line = lineOf(client);
    client.on('error', () => undefined);
    client.on('notification', ({ channel, payload }) => deliver(channel, payload ?? ''));
    try {
      await client.connect();
      for (const channel of subscriptions.keys()) await line.run(`listen ${escapeIdentifier(channel)}`);
      closing.signal.throwIfAborted();
    } catch (error) {
      await line.end();
      throw error;
    }
    const heartbeat = setInterval(() => void line.run('select 1').catch(line.end), heartbeatMs);
    client.once('end', () => {
      clearInterval(heartbeat);
      reconnect();
    });
    return line;
  }
  function reconnect(): void {
    current = undefined;
    if (closing.signal.aborted) return;
    log.warn({}, 'The database connection for notifications was lost');
    const interrupted = [...subscriptions.values()].flatMap((set) => [...set]);
    connected().then(
      () => {
        for (const { onReconnect } of interrupted) if (onReconnect) callSafely(onReconnect);
      },
      () => undefined,
    );
  }
  function deliver(channel: string, payload: string): void {
    for (const { handler } of subscriptions.get(channel) ?? []) callSafely(() => handler(payload));
  }
  function callSafely(call: () => void): void {
    try {
      call();
    } catch (error) {
      log.error({ err: error }, 'A listener to the database failed');
    }
  }
  /** Runs `listen` or `unlisten` on the current connection, and again on the next one if that breaks. */
  async function runOnLine(command: 'listen' | 'unlisten', channel: string): Promise<void> {
    for (;;) {
      const line = await connected();
      // Another caller has begun to listen meanwhile.
      if (command === 'unlisten' && subscriptions.has(channel)) return;
      try {
        return await line.run(`${command} ${escapeIdentifier(channel)}`);
      } catch (error) {
        closing.signal.throwIfAborted();
        log.warn({ err: error, channel }, `Could not ${command} to a database channel; trying on`);
        // The statement can't be wrong, so the connection is broken; after its end the next one is opened.
        await line.end();
      }
    }
  }

  return {
    async listen(channel, handler, options = {}) {
      const subscription: Subscription = { handler, ...options };
      const set = subscriptions.get(channel) ?? new Set();
      subscriptions.set(channel, set.add(subscription));
      await runOnLine('listen', channel);
      return async () => {
        set.delete(subscription);
        if (set.size > 0 || closing.signal.aborted || subscriptions.get(channel) !== set) return;
        subscriptions.delete(channel);
        await runOnLine('unlisten', channel);
      };
    },
    async close() {
      closing.abort();
      await (await current?.catch(() => undefined))?.end();
    },
  };
}

function lineOf(client: Client): Line {
  const { inTurn } = createTurns<Client>();
  return {
    async run(statement) {
      await inTurn(client, () => client.query(statement));
    },
    end: () => client.end().catch(() => undefined),
  };
}
