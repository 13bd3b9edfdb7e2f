import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';

/** Asks the database for a sign of life all the time, on a connection of its own. */
export interface Pulse {
  stop(): Promise<void>;
}

const askEveryMs = 1_000;
const answerMsMax = 2_500;
const lookEveryMs = 200;
/** A peer that vanished never answers on the old connection, so another is tried now and then. */
const anewMs = 5_000;
const goodbyeMsMax = 1_000;

/**
 * Tells a database that is there and says nothing (frozen, or behind a network that drops everything) from one that takes
 * its time over a query, which a time limit on queries could not. `changed` hears when it falls silent and when it
 * speaks again, if only to refuse.
 */
export function startPulse(newClient: () => Client, changed: (isSilent: boolean) => void): Pulse {
  let client: Client | undefined;
  let looking: NodeJS.Timeout | undefined;
  let isSilent = false;
  let stopped = false;
  const tell = (silent: boolean) => {
    if (silent === isSilent || stopped) return;
    isSilent = silent;
    changed(silent);
  };
  const drop = async () => {
    const old = client;
    client = undefined;
    // A database that is silent does not say good-bye either.
    const gone = old?.end().catch(() => undefined);
    await Promise.race([gone, pause(goodbyeMsMax, undefined, { ref: false })]);
  };

  async function ask(): Promise<void> {
    if (!client) {
      const fresh = newClient();
      client = fresh;
      fresh.on('error', () => undefined);
      await fresh.connect();
    }
    await client?.query('select 1');
  }

  async function run(): Promise<void> {
    while (!stopped) {
      watch();
      const given = pause(anewMs, 'late' as const, { ref: false });
      const outcome = await Promise.race([
        ask().then(
          () => 'answered' as const,
          () => 'refused' as const,
        ),
        given,
      ]);
      if (outcome !== 'late') {
        clearInterval(looking);
        looking = undefined;
        tell(false);
      }
      if (outcome !== 'answered') void drop();
      if (outcome !== 'late') await pause(askEveryMs, undefined, { ref: false });
    }
  }

  /** Looks at the clock for as long as a question is open. */
  function watch(): void {
    clearInterval(looking);
    let askedAtMs = performance.now();
    let lookedAtMs = askedAtMs;
    looking = setInterval(() => {
      const nowMs = performance.now();
      // While this process itself stood still, no answer could be heard.
      const stoodStillMs = nowMs - lookedAtMs - lookEveryMs;
      if (stoodStillMs > lookEveryMs) askedAtMs += stoodStillMs;
      lookedAtMs = nowMs;
      if (nowMs - askedAtMs > answerMsMax) tell(true);
    }, lookEveryMs).unref();
  }

  void run();
  return {
    async stop() {
      stopped = true;
      clearInterval(looking);
      await drop();
    },
  };
}
