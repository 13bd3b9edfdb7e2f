import { batched } from '../../../platform/concurrency/batched.ts';
import type { Failed, OutboxStore, Outgoing } from './outbox.store.ts';

/** What became of a message at WhatsApp's server. */
export type Outcome = { id: string; is: 'sent' | 'queued' } | Failed;

/**
 * Writes outcomes with their events. Outcomes that arrive while a write is under way share the next one, so
 * that many sends at once cost few commits; each promise resolves when its outcome is durable.
 */
export function createSettler(deps: { store: OutboxStore; decided(row: Outgoing): void }) {
  const { store, decided } = deps;
  async function write(outcomes: Outcome[]): Promise<void> {
    const sent = outcomes.filter((one) => one.is === 'sent');
    const failed = outcomes.filter((one): one is Failed => one.is === 'failed' || one.is === 'expired');
    const back = outcomes.filter((one) => one.is === 'queued');
    if (sent.length > 0) (await store.markSent(sent.map((one) => one.id))).forEach(decided);
    if (back.length > 0) await store.putBack(back.map((one) => one.id));
    if (failed.length > 0) (await store.markFailed(failed)).forEach(decided);
  }

  return { settle: batched(write) };
}

export type Settler = ReturnType<typeof createSettler>;
