import { type Clock, later } from '../../../platform/clock.ts';
import { createWakeAt } from '../../../platform/concurrency/wake-at.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { troubleOf } from '../../../platform/db/trouble.ts';
import type { Log } from '../../../platform/log.ts';
import type { Arrival } from '../match/facts.ts';
import type { Due, DueStore } from './dues.store.ts';
import type { Gate } from './gate.ts';
import { fitsChat } from './interpret.ts';
import type { KnownAutomations } from './known.ts';
import type { Look } from './look.ts';
import type { ScheduleFiring } from './schedule-firing.ts';

const faultMs = 60_000;

/** Starts what is to start by time: schedules, and automations for people who wait or are waited for. */
export function createDues(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  known: Pick<KnownAutomations, 'of'>;
  dues: Pick<DueStore, 'take' | 'arm' | 'nextAt'>;
  look: Look;
  gate: Gate;
  fire: ScheduleFiring;
  /** There are runs that are due. */
  poke(): void;
}) {
  const { db, clock, dues } = deps;
  const wake = createWakeAt({
    clock,
    look,
    failed: (error) =>
      deps.log.warn({ err: error }, 'Automations could not start by time; it will be tried again'),
  });

  async function look(): Promise<Date | undefined> {
    while (await one());
    return dues.nextAt();
  }

  /** Answers whether anything was due. */
  async function one(): Promise<boolean> {
    let due: Due | undefined;
    try {
      await inTransaction(db, async (tx) => {
        due = await dues.take(tx, clock.now());
        if (due) await (due.chat === '' ? scheduled(tx, due) : unanswered(tx, due));
      });
    } catch (error) {
      const at = due;
      if (!at || troubleOf(error) === 'passing') throw error;
      deps.log.error({ err: error, automationId: at.automationId }, 'An automation could not start by time');
      // One that can't be done holds up nothing behind it.
      await inTransaction(db, async (tx) => {
        const again = await dues.take(tx, clock.now());
        if (again) await dues.arm(tx, { ...again, dueAt: later(clock.now(), faultMs) }, { later: true });
      });
    }
    if (due) deps.poke();
    return due !== undefined;
  }

  async function scheduled(tx: Tx, due: Due): Promise<void> {
    const of = await deps.known.of(due.profileId, tx);
    const ready = of.automations.find(({ id }) => id === due.automationId);
    if (!ready) return;
    const next = await deps.fire(tx, due, ready, of);
    if (next) await dues.arm(tx, { ...due, ...next }, { later: true });
  }

  async function unanswered(tx: Tx, due: Due): Promise<void> {
    const of = await deps.known.of(due.profileId, tx);
    const ready = of.automations.find(({ id }) => id === due.automationId);
    const trigger = ready?.program.triggers.find(({ type }) => type === 'no_reply');
    const { arrival, who } = due.state as { arrival: Arrival; who: string };
    if (!ready || !trigger || !fitsChat(ready.program, arrival)) return;
    const asked = await deps.look(tx, { ...due, who, arrival, of });
    if (!asked) return;
    await deps.gate(tx, ready, { trigger, details: { note: 'Nobody answered.' } }, asked);
  }

  return {
    start: wake.start,
    /** Something will be due at this moment. */
    wakeAt: wake.at,
    stop: wake.stop,
  };
}
