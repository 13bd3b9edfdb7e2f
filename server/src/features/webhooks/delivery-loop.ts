import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import { coalesced } from '../../platform/concurrency/coalesced.ts';
import type { Log } from '../../platform/log.ts';
import type { Presence } from '../../platform/presence.ts';
import type { Claim } from './claim.ts';
import { claimSeconds, type DeliveryQueue } from './delivery-queue.store.ts';

/** Tries due deliveries. Every node runs one; each delivery is claimed by one of them at a time. */
export interface DeliveryLoop {
  /** These webhooks have something due; all of them are looked at when none is named. */
  poke(webhookIds?: readonly string[]): void;
  /** A webhook was changed or removed: what is claimed for it, but not begun, is looked up again. */
  changed(webhookId: string): void;
  start(): void;
  /** Waits a little for attempts under way and hands the rest back. */
  stop(): Promise<void>;
}

/** What this node holds of one endpoint. */
interface Lane {
  /** Claimed, in order, for the next free place. */
  next: Claim[];
  underWay: Set<string>;
}

/** Attempts under way to one endpoint; claims held for it, so that not every attempt costs a claim. */
const perEndpoint = 4;
const heldPerEndpoint = 16;
/** Attempts under way in all. */
const inAllMax = 512;
/** Claims of nodes that have fallen silent, and deliveries other nodes wrote, are found at least this often. */
const sweepMs = 1_000;
/** A node that is alone writes everything itself and hears of it. */
const aloneMs = 10_000;
const renewMs = (claimSeconds * 1_000) / 4;
const stopMsMax = 5_000;

/** `attempt` makes one try, records it and says whether it succeeded; it must not throw. */
export function createDeliveryLoop(deps: {
  clock: Clock;
  log: Log;
  queue: DeliveryQueue;
  nodeId: string;
  presence: Presence;
  attempt: (claim: Claim) => Promise<boolean>;
}): DeliveryLoop {
  const { clock, log, queue } = deps;
  const lanes = new Map<string, Lane>();
  const running = new Set<Promise<void>>();
  const ready = new Set<string>();
  let lookAtAll = true;
  /** Whether an earlier process of this node may have left claims. */
  let isFresh = true;
  let stopped = true;
  let sweep: NodeJS.Timeout | undefined;
  let renewal: NodeJS.Timeout | undefined;

  const work = coalesced(async () => {
    if (stopped) return;
    const all = lookAtAll;
    const only = all ? undefined : [...ready].filter((id) => (lanes.get(id)?.next.length ?? 0) === 0);
    lookAtAll = false;
    ready.clear();
    try {
      if (all || only?.length) await claim(only);
      if (all) await armSweep();
    } catch (error) {
      log.error({ err: error }, 'Webhook deliveries could not be claimed; trying again');
      arm(sweepMs);
    }
  });

  async function claim(only: readonly string[] | undefined): Promise<void> {
    if (running.size >= inAllMax) return;
    const held = new Map([...lanes].map(([id, lane]) => [id, lane.next.length + lane.underWay.size]));
    const claims = await queue.claim({
      now: clock.now(),
      perEndpoint: heldPerEndpoint,
      held,
      only,
      nodeId: deps.nodeId,
      present: deps.presence.nodes(),
      takeOwn: isFresh,
    });
    isFresh = false;
    // An update returns rows in no order; attempts begin in the order they were due.
    claims.sort((a, b) => a.due_at.getTime() - b.due_at.getTime() || (a.sequence ?? 0) - (b.sequence ?? 0));
    for (const one of claims) {
      const lane = lanes.get(one.webhook_id) ?? { next: [], underWay: new Set() };
      lanes.set(one.webhook_id, lane);
      lane.next.push(one);
    }
    for (const id of new Set(claims.map((one) => one.webhook_id))) fill(id);
  }

  /** Begins attempts while there are places; asks for more claims when the lane runs dry. */
  function fill(webhookId: string): void {
    const lane = lanes.get(webhookId);
    if (!lane || stopped) return;
    while (lane.underWay.size < perEndpoint) {
      const one = lane.next.shift();
      if (!one) break;
      lane.underWay.add(one.id);
      const done = deps.attempt(one).then((succeeded) => {
        lane.underWay.delete(one.id);
        running.delete(done);
        if (lane.underWay.size + lane.next.length === 0) lanes.delete(webhookId);
        fill(webhookId);
        // A failure has a new due time, which only a look at everything arms.
        if (!succeeded) poke();
        else if (lane.next.length === 0) poke([webhookId]);
      });
      running.add(done);
    }
  }

  async function armSweep(): Promise<void> {
    const due = await queue.nextDueAt();
    const inMs = due ? due.getTime() - clock.now().getTime() : aloneMs;
    const isAlone = deps.presence.nodes()?.length === 1;
    // Something due that was not claimed waits for a free place, which pokes; so never spin.
    arm(inMs <= 0 ? sweepMs : Math.min(inMs + 1, isAlone ? aloneMs : sweepMs));
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

  /** Keeps what is under way. What still waits goes back: by its turn the webhook may have been changed. */
  async function renew(): Promise<void> {
    const kept = [...lanes.values()].flatMap((lane) => [...lane.underWay]);
    const returned = [...lanes.values()].flatMap((lane) => lane.next.splice(0));
    try {
      if (kept.length > 0) await queue.renew(kept);
      if (returned.length > 0) await queue.release(returned.map((one) => one.id));
    } catch (error) {
      log.warn({ err: error }, 'Claims of webhook deliveries could not be renewed');
    }
    if (returned.length > 0) poke(returned.map((one) => one.webhook_id));
  }

  return {
    poke,
    changed(webhookId) {
      const ids =
        lanes
          .get(webhookId)
          ?.next.splice(0)
          .map((one) => one.id) ?? [];
      const released = ids.length > 0 ? queue.release(ids) : Promise.resolve();
      released
        .catch((error: unknown) => log.warn({ err: error }, 'Claims of a webhook could not be handed back'))
        .finally(() => poke([webhookId]));
    },
    start() {
      stopped = false;
      renewal = setInterval(() => void renew(), renewMs);
      // What a node has claimed that is gone is free.
      deps.presence.onChange(() => poke());
      poke();
    },
    async stop() {
      stopped = true;
      clearTimeout(sweep);
      clearInterval(renewal);
      await work();
      await Promise.race([Promise.all(running), pause(stopMsMax, undefined, { ref: false })]);
      const left = [...lanes.values()].flatMap((lane) => [
        ...lane.underWay,
        ...lane.next.map((one) => one.id),
      ]);
      if (left.length > 0) await queue.release(left);
    },
  };
}
