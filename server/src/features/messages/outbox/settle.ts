import type { Failed, OutboxStore, Outgoing } from './outbox.store.ts';

/** What became of a message at WhatsApp's server. */
export type Outcome = { id: string; is: 'sent' | 'queued' } | Failed;

/**
 * Writes outcomes with their events. Outcomes that arrive while a write is under way share the next one, so
 * that many sends at once cost few commits; each promise resolves when its outcome is durable.
 */
export function createSettler(deps: { store: OutboxStore; decided(row: Outgoing): void }) {
  const { store, decided } = deps;
  let waiting: { outcome: Outcome; done: (error?: unknown) => void }[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await write(batch.map((one) => one.outcome));
        for (const one of batch) one.done();
      } catch (error) {
        for (const one of batch) one.done(error);
      }
    }
    running = false;
  }

  async function write(outcomes: Outcome[]): Promise<void> {
    const sent = outcomes.filter((one) => one.is === 'sent');
    const failed = outcomes.filter((one): one is Failed => one.is === 'failed' || one.is === 'expired');
    const back = outcomes.filter((one) => one.is === 'queued');
    if (sent.length > 0) (await store.markSent(sent.map((one) => one.id))).forEach(decided);
    if (back.length > 0) await store.putBack(back.map((one) => one.id));
    if (failed.length > 0) (await store.markFailed(failed)).forEach(decided);
  }

  return {
    settle(outcome: Outcome): Promise<void> {
      return new Promise((resolve, reject) => {
        waiting.push({ outcome, done: (error) => (error === undefined ? resolve() : reject(error)) });
        if (!running) void run();
      });
    },
  };
}

export type Settler = ReturnType<typeof createSettler>;
