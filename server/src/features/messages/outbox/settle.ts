import { batched } from '../../../platform/concurrency/batched.ts';
import type { SentRow } from '../messages.present.ts';
import type { Claimed, Failed, OutboxStore } from './outbox.store.ts';
import { type Alone, gatherMs } from './progress.ts';

/** What became of a message at WhatsApp's server. */
export type Outcome = { id: string; is: 'sent' | 'queued' } | Failed;

/**
 * Writes outcomes with their events, gathered so that many sends cost few commits; each promise resolves when its
 * outcome is durable.
 */
export function createSettler(deps: { store: OutboxStore; alone: Alone; decided(row: SentRow): void }) {
  const { store, alone, decided } = deps;

  async function write(outcomes: Outcome[]): Promise<void> {
    const sent = outcomes.filter(({ is }) => is === 'sent').map(({ id }) => id);
    const failed = outcomes.filter((outcome): outcome is Failed => 'code' in outcome);
    const back = outcomes.filter(({ is }) => is === 'queued').map(({ id }) => id);
    if (sent.length > 0) (await store.markSent(sent)).forEach(decided);
    if (back.length > 0) await store.putBack(back);
    if (failed.length > 0) (await store.markFailed(failed)).forEach(decided);
  }

  return {
    settle: batched((outcomes: Outcome[]) => alone(() => write(outcomes)), { gatherMs }),

    /** Answers those who wait for a message that the server has acknowledged; the row is still to be written. */
    acknowledged: (message: Claimed) => decided({ ...message, status: 'sent' }),
  };
}

export type Settler = ReturnType<typeof createSettler>;
