import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';

/** Queries the database all the time, on a connection of its own, to notice when it does not answer. */
export interface Pulse {
  stop(): Promise<void>;
}

const queryEveryMs = 1_000;
const answerMsMax = 2_500;
const checkEveryMs = 200;
/** A server that has vanished never answers on the old connection, so a new one is tried after this time. */
const anewMs = 5_000;
const goodbyeMsMax = 1_000;

/**
 * Distinguishes a database that does not answer (frozen, or behind a network that drops everything) from one with a slow
 * query, which a time limit on queries could not. `changed` is called when it falls silent and when it answers again,
 * even with an error.
 */
export function startPulse(newClient: () => Client, changed: (isSilent: boolean) => void): Pulse {
  let client: Client | undefined;
  let check: NodeJS.Timeout | undefined;
  let isSilent = false;
  let stopped = false;
  const report = (silent: boolean) => {
    if (silent === isSilent || stopped) return;
    isSilent = silent;
    changed(silent);
  };
  const drop = async () => {
    const oldClient = client;
    client = undefined;
    // A silent database does not answer the end of the connection either.
    const end = oldClient?.end().catch(() => undefined);
    await Promise.race([end, pause(goodbyeMsMax, undefined, { ref: false })]);
  };

  async function query(): Promise<void> {
    if (!client) {
      const newest = newClient();
      client = newest;
      newest.on('error', () => undefined);
      await newest.connect();
    }
    await client?.query('select 1');
  }

  async function run(): Promise<void> {
    while (!stopped) {
      watch();
      const timeout = pause(anewMs, 'late' as const, { ref: false });
      const outcome = await Promise.race([
        query().then(
          () => 'answered' as const,
          () => 'refused' as const,
        ),
        timeout,
      ]);
      if (outcome !== 'late') {
        clearInterval(check);
        check = undefined;
        report(false);
      }
      if (outcome !== 'answered') void drop();
      if (outcome !== 'late') await pause(queryEveryMs, undefined, { ref: false });
    }
  }

  /** Looks at the clock for as long as a query is open. */
  function watch(): void {
    clearInterval(check);
    let queriedAtMs = performance.now();
    let checkedAtMs = queriedAtMs;
    check = setInterval(() => {
      const nowMs = performance.now();
      // While this process stood still, it could not receive an answer.
      const stoodStillMs = nowMs - checkedAtMs - checkEveryMs;
      if (stoodStillMs > checkEveryMs) queriedAtMs += stoodStillMs;
      checkedAtMs = nowMs;
      if (nowMs - queriedAtMs > answerMsMax) report(true);
    }, checkEveryMs).unref();
  }

  void run();
  return {
    async stop() {
      stopped = true;
      clearInterval(check);
      await drop();
    },
  };
}
