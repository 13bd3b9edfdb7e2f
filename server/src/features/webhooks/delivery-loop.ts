import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import { coalesced } from '../../platform/events/coalesced.ts';
import type { Log } from '../../platform/log.ts';
import type { Claim, DeliveryStore } from './deliveries.store.ts';
import { claimSeconds } from './deliveries.store.ts';

/** Tries due deliveries. Every node runs one; each delivery is claimed by one of them at a time. */
export interface DeliveryLoop {
  /** These webhooks have something due; all of them are looked at when none is named. */
  poke(webhookIds?: readonly string[]): void;
  start(): void;
  /** Waits a little for attempts under way and hands the rest back. */
  stop(): Promise<void>;
}

/** Attempts under way to one endpoint, and in all. */
const perEndpoint = 4;
const inAllMax = 512;
/** Claims of killed processes, and deliveries other nodes wrote, are found at least this often. */
const sweepMs = 1_000;
const renewMs = (claimSeconds * 1_000) / 4;
const stopMsMax = 5_000;

/** `attempt` makes one try, records it and says whether it succeeded; it must not throw. */
export function createDeliveryLoop(deps: {
  clock: Clock;
  log: Log;
  deliveries: DeliveryStore;
  attempt: (claim: Claim) => Promise<boolean>;
}): DeliveryLoop {
  const { clock, log, deliveries } = deps;
  const underWay = new Map<string, { webhookId: string; done: Promise<void> }>();
  const ready = new Set<string>();
  let lookAtAll = true;
  let stopped = true;
  let sweep: NodeJS.Timeout | undefined;
  let renewal: NodeJS.Timeout | undefined;

  const work = coalesced(async () => {
    if (stopped) return;
    const all = lookAtAll;
    const only = all ? undefined : [...ready];
    lookAtAll = false;
    ready.clear();
    try {
      if (all || only?.length) await claimAndSend(only);
      if (all) await armSweep();
    } catch (error) {
      log.error({ err: error }, 'Webhook deliveries could not be claimed; trying again');
      arm(sweepMs);
    }
  });

  async function claimAndSend(only: readonly string[] | undefined): Promise<void> {
    if (underWay.size >= inAllMax) return;
    const claims = await deliveries.claim({ now: clock.now(), perEndpoint, busy: busy(), only });
    // An update returns rows in no order; attempts begin in the order they were due.
    claims.sort((a, b) => a.due_at.getTime() - b.due_at.getTime() || (a.sequence ?? 0) - (b.sequence ?? 0));
    for (const claim of claims) {
      const done = deps.attempt(claim).then((succeeded) => {
        underWay.delete(claim.id);
        // A failure has a new due time, which only a look at everything arms.
        poke(succeeded ? [claim.webhook_id] : undefined);
      });
      underWay.set(claim.id, { webhookId: claim.webhook_id, done });
    }
  }

  function busy(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { webhookId } of underWay.values()) counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1);
    return counts;
  }

  async function armSweep(): Promise<void> {
    const due = await deliveries.nextDueAt();
    const inMs = due ? due.getTime() - clock.now().getTime() : sweepMs;
    // Something due that was not claimed waits for a free place, which pokes; so never spin.
    arm(inMs <= 0 ? sweepMs : Math.min(inMs + 1, sweepMs));
  }

  function arm(ms: number): void {
    clearTimeout(sweep);
    if (!stopped) sweep = setTimeout(() => poke(), ms);
  }

  function poke(webhookIds?: readonly string[]): void {
    if (stopped) return;
    if (webhookIds) for (const id of webhookIds) ready.add(id);
    else lookAtAll = true;
    void work();
  }

  async function renew(): Promise<void> {
    if (underWay.size === 0) return;
    await deliveries
      .renew([...underWay.keys()])
      .catch((error: unknown) =>
        log.warn({ err: error }, 'Claims of webhook deliveries could not be renewed'),
      );
  }

  return {
    poke,
    start() {
      stopped = false;
      renewal = setInterval(() => void renew(), renewMs);
      poke();
    },
    async stop() {
      stopped = true;
      clearTimeout(sweep);
      clearInterval(renewal);
      await work();
      const all = Promise.all([...underWay.values()].map(({ done }) => done));
      await Promise.race([all, pause(stopMsMax, undefined, { ref: false })]);
      if (underWay.size > 0) await deliveries.release([...underWay.keys()]);
    },
  };
}
