import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Messages } from '../messages/index.ts';
import type { BroadcastChange, BroadcastRow, BroadcastStore } from './broadcasts.store.ts';
import { countsOf } from './count/counters.store.ts';
import { noCounts } from './count/levels.ts';
import { type Ending, queuedMax } from './ending.ts';
import { startsAt } from './feed/fairness.ts';
import type { Preparation } from './prepare/prepare.ts';
import { queuedMessages } from './recipients.store.ts';

/** How long an answer waits for messages that are on their way at its moment. */
const settleMsMax = 3_000;
const settleLookMs = 20;

export interface TransitionDeps {
  clock: Clock;
  store: BroadcastStore;
  audit: AuditLog;
  ending: Ending;
  preparation: Pick<Preparation, 'begin'>;
  messages: Pick<Messages, 'campaigns'>;
  poke(profileId: string): void;
  at(moment: Date): void;
}

/**
 * From one state of a campaign to the next. The state before stands in the update itself, so of two that want it one gets
 * it; event and audit row go with it.
 */
export function createTransitions(deps: TransitionDeps) {
  const { clock, store, audit, ending, messages } = deps;

  const recorded = (
    tx: Tx,
    actor: Actor,
    action: Parameters<AuditLog['record']>[2]['action'],
    row: BroadcastRow,
  ) => audit.record(tx, actor, { action, resource: { type: 'broadcast', id: row.id } });

  async function locked(tx: Tx, id: string): Promise<BroadcastRow> {
    const row = await store.lock(tx, id);
    if (!row) throw new Failure('BROADCAST_NOT_FOUND');
    return row;
  }

  async function waitingFor(tx: Tx, id: string): Promise<number> {
    const counts = (await countsOf(tx, [id])).get(id) ?? noCounts();
    return counts.pending + counts.deferred + counts.queued;
  }

  /** It runs from now on, level with the others of its profile. */
  async function run(tx: Tx, row: BroadcastRow, more: BroadcastChange = {}): Promise<BroadcastRow> {
    const now = clock.now();
    const others = (await store.runningOf(tx, row.profile_id)).filter(({ id }) => id !== row.id);
    const running = await store.update(tx, row.id, {
      ...{ status: 'running', status_reason: null, pause_code: null, resumes_at: null, updated_at: now },
      ...{ started_at: row.started_at ?? now, next_due_at: now },
      virtual_time: startsAt(others.map(({ virtual_time }) => ({ virtualTime: virtual_time }))),
      ...more,
    });
    afterCommit(tx, () => deps.poke(row.profile_id));
    return running;
  }

  /** Its messages that were held go first. */
  async function goOn(tx: Tx, row: BroadcastRow, more: BroadcastChange = {}): Promise<BroadcastRow> {
    // Else it would stop again at once, for the same messages.
    const settings = JSON.stringify({ ...row.settings, lookedAt: clock.now().toISOString() });
    const resumed = await run(tx, row, {
      ...more,
      ...(row.pause_code === 'TROUBLE_RATE' && { settings }),
    });
    await messages.campaigns.letGo(tx, row.profile_id, await queuedMessages(tx, row.id, queuedMax));
    await ending.tell(tx, 'resumed', resumed);
    return resumed;
  }

  /** Nothing of it leaves any more: what was on its way when it stopped is at WhatsApp, or back in the queue. */
  async function settled(ids: readonly string[]): Promise<void> {
    const untilMs = performance.now() + settleMsMax;
    while (ids.length > 0 && performance.now() < untilMs) {
      if (!(await messages.campaigns.areUnderWay(ids))) return;
      await pause(settleLookMs);
    }
  }

  return {
    settled,

    /** @throws Failure BROADCAST_NOT_SCHEDULABLE */
    async schedule(tx: Tx, actor: Actor, id: string, at: Date): Promise<BroadcastRow> {
      const row = await locked(tx, id);
      if (row.status !== 'draft') throw new Failure('BROADCAST_NOT_SCHEDULABLE');
      const scheduled = await store.update(tx, id, { status: 'scheduled', scheduled_at: at });
      const prepared = await deps.preparation.begin(tx, scheduled);
      await ending.tell(tx, 'scheduled', prepared);
      await recorded(tx, actor, 'broadcast.schedule', prepared);
      afterCommit(tx, () => deps.at(at));
      return prepared;
    },

    /**
     * What was paused goes on. With `first` it pauses by itself after so many messages more.
     * @throws Failure BROADCAST_NOT_STARTABLE, BROADCAST_EMPTY
     */
    async start(
      tx: Tx,
      actor: Actor,
      id: string,
      first?: number,
    ): Promise<{ row: BroadcastRow; isResumed: boolean }> {
      const row = await locked(tx, id);
      if (row.status === 'paused') {
        await recorded(tx, actor, 'broadcast.resume', row);
        return { row: await goOn(tx, row, partOf(row, first)), isResumed: true };
      }
      if (row.status !== 'draft' && row.status !== 'scheduled') throw new Failure('BROADCAST_NOT_STARTABLE');
      const prepared = row.status === 'draft' ? await deps.preparation.begin(tx, row) : row;
      if (prepared.prepared_at && (await waitingFor(tx, id)) === 0) throw new Failure('BROADCAST_EMPTY');
      const started = await run(tx, prepared, partOf(row, first));
      await ending.tell(tx, 'started', started);
      await recorded(tx, actor, 'broadcast.start', started);
      return { row: started, isResumed: false };
    },

    /** @throws Failure BROADCAST_NOT_RUNNING */
    async pause(tx: Tx, actor: Actor, id: string): Promise<{ row: BroadcastRow; ids: string[] }> {
      await locked(tx, id);
      const row = await store.change(tx, id, ['running'], {
        ...{ status: 'paused' as const, status_reason: null, pause_code: null },
        ...{ next_due_at: null, updated_at: clock.now() },
      });
      if (!row) throw new Failure('BROADCAST_NOT_RUNNING');
      const ids = await ending.holdMessages(tx, id);
      await ending.tell(tx, 'paused', row);
      await recorded(tx, actor, 'broadcast.pause', row);
      return { row, ids };
    },

    /** @throws Failure BROADCAST_NOT_PAUSED */
    async resume(tx: Tx, actor: Actor, id: string, first?: number): Promise<BroadcastRow> {
      const row = await locked(tx, id);
      if (row.status !== 'paused') throw new Failure('BROADCAST_NOT_PAUSED');
      await recorded(tx, actor, 'broadcast.resume', row);
      return goOn(tx, row, partOf(row, first));
    },

    /** Who was not sent it yet never will be; what waits is taken out of the queue. @throws Failure BROADCAST_ENDED */
    async cancel(tx: Tx, actor: Actor, id: string): Promise<{ row: BroadcastRow; ids: string[] }> {
      await locked(tx, id);
      const now = clock.now();
      const row = await store.change(tx, id, ['draft', 'scheduled', 'running', 'paused'], {
        ...{ status: 'failed' as const, status_reason: 'cancelled', pause_code: null, resumes_at: null },
        ...{ next_due_at: null, cancelled_at: now, completed_at: now, updated_at: now },
      });
      if (!row) throw new Failure('BROADCAST_ENDED');
      await ending.giveUpWaiting(tx, id);
      const ids = await queuedMessages(tx, id, queuedMax);
      if (ids.length > 0) await messages.campaigns.cancel(tx, ids);
      await ending.tell(tx, 'cancelled', row);
      await recorded(tx, actor, 'broadcast.cancel', row);
      return { row, ids };
    },

    /** It could not go on for a fault of ours: it stops as it is, and a person may resume it. */
    stop: (id: string): Promise<void> =>
      store.inTransaction(async (tx) => {
        const row = await store.lock(tx, id);
        const reason = 'It could not go on for a fault of the server.';
        if (row) await ending.pauseItself(tx, row, { code: 'SERVER_FAULT', reason });
      }),

    /** The time of one that is scheduled, or whose pause has an end, has come; whoever is second does nothing. */
    begin: (id: string): Promise<void> =>
      store.inTransaction(async (tx) => {
        const row = await store.lock(tx, id);
        const now = clock.now();
        if (row?.status === 'paused' && row.resumes_at && row.resumes_at <= now) await goOn(tx, row);
        if (row?.status !== 'scheduled' || !row.scheduled_at || row.scheduled_at > now) return;
        if (row.prepared_at && (await waitingFor(tx, id)) === 0) {
          return ending.fail(tx, row, 'No recipients found for this broadcast');
        }
        await ending.tell(tx, 'started', await run(tx, row));
      }),
  };
}

/** How far it goes before it pauses: a person says so anew each time; what goes on by itself goes as far as it was to. */
const partOf = ({ fed }: BroadcastRow, first: number | undefined): BroadcastChange => ({
  pauses_after: first === undefined ? null : fed + first,
});

export type Transitions = ReturnType<typeof createTransitions>;
