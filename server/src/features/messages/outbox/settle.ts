import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { messageFailed, messageSent } from '../messages.events.ts';
import { aboutOutgoing } from '../messages.present.ts';
import type { OutboxStore, Outgoing } from './outbox.store.ts';

/** What became of a message at WhatsApp's server. */
export type Outcome = { id: string; profileId: string } & (
  | { is: 'sent' }
  | { is: 'failed' | 'expired'; code: string; reason: string }
);

/**
 * Writes outcomes with their events. Outcomes that arrive while a transaction is under way share the next
 * one, so that many sends at once cost few commits; each promise resolves when its outcome is durable.
 */
export function createSettler(deps: {
  db: Db;
  store: OutboxStore;
  events: EventRecorder;
  decided(row: Outgoing): void;
}) {
  const { db, store, events, decided } = deps;
  let waiting: { outcome: Outcome; done: (error?: unknown) => void }[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const rows = await write(batch.map((one) => one.outcome));
        for (const row of rows) decided(row);
        for (const one of batch) one.done();
      } catch (error) {
        for (const one of batch) one.done(error);
      }
    }
    running = false;
  }

  async function write(outcomes: Outcome[]): Promise<Outgoing[]> {
    return inTransaction(db, async (tx) => {
      const sent = outcomes.filter((one) => one.is === 'sent');
      const rows =
        sent.length > 0
          ? await store.markSent(
              tx,
              sent.map((one) => one.id),
            )
          : [];
      const facts = rows.map((row) => ({
        definition: messageSent,
        organizationId: row.organization_id,
        profileId: row.profile_id,
        body: { ...aboutOutgoing(row, row.chat), source: 'api' },
      }));
      if (rows.length > 0) {
        const perProfile = new Map<string, number>();
        for (const row of rows) perProfile.set(row.profile_id, (perProfile.get(row.profile_id) ?? 0) + 1);
        await store.count(tx, perProfile);
      }
      const failures: typeof facts = [];
      for (const one of outcomes) {
        if (one.is === 'sent') continue;
        for (const row of await store.markFailed(tx, one.id, one.is, one.code, one.reason)) {
          rows.push(row);
          failures.push(failureFact(row) as never);
        }
      }
      await events.recordAll(tx, [...facts, ...failures]);
      return rows;
    });
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

/** The event of a message that will never arrive. */
export function failureFact(row: Outgoing) {
  return {
    definition: messageFailed,
    organizationId: row.organization_id,
    profileId: row.profile_id,
    body: { ...aboutOutgoing(row, row.chat), code: row.failure_code, error: row.failure_reason ?? '' },
  };
}

export type Settler = ReturnType<typeof createSettler>;
