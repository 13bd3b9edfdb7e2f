import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import { coalesced } from '../../platform/concurrency/coalesced.ts';
import type { Log } from '../../platform/log.ts';
import type { Presence } from '../../platform/presence.ts';
import { fitting } from './batch.ts';
import type { Claim } from './claim.ts';
import { claimSeconds, type DeliveryQueue } from './delivery-queue.store.ts';
import { createRests } from './rests.ts';

/** Attempts due deliveries. Every node runs a loop; each delivery is claimed by one of them at a time. */
export interface DeliveryLoop {
  /** These webhooks have due deliveries; without ids, all webhooks may have some. */
  poke(webhookIds?: readonly string[]): void;
  /** How many new deliveries of a webhook may be claimed as they are made: none while older ones may be waiting. */
  placesFor(webhookId: string): number;
  /** Attempts deliveries that were claimed as they were made. */
  take(claims: readonly Claim[]): void;
  /** A webhook was changed or removed: its claims that have not begun are handed back and claimed again. */
  changed(webhookId: string): void;
  start(): void;
  /** Waits a little for attempts under way and hands the other claims back. */
  stop(): Promise<void>;
}

/** The claims of this node for one webhook. */
interface Lane {
  /** Claims in order, for the next free place. */
  next: Claim[];
  /** What each attempt under way carries. */
  underWay: Set<readonly Claim[]>;
}

/** Attempts under way to one endpoint, and claims held for it, so that not every attempt costs a query. */
const perEndpoint = 4;
const heldPerEndpoint = 16;
/** Attempts under way in all. */
const inAllMax = 512;
/** Deliveries that other nodes wrote, and claims of nodes that are gone, are found at least this often. */
const sweepMs = 1_000;
/** A node that is alone writes everything itself and hears of it. */
const aloneMs = 10_000;
const renewMs = (claimSeconds * 1_000) / 4;
const stopMsMax = 5_000;

/** `attempt` makes one attempt of a claim, or of several that go at once, records it and answers whether it succeeded; it
 * must not throw. */
export function createDeliveryLoop(deps: {
  clock: Clock;
  log: Log;
  queue: DeliveryQueue;
  nodeId: string;
  presence: Presence;
  attempt: (claims: readonly [Claim, ...Claim[]]) => Promise<boolean>;
}): DeliveryLoop {
  const { clock, log, queue } = deps;
  const lanes = new Map<string, Lane>();
  const running = new Set<Promise<void>>();
  const ready = new Set<string>();
  /** Webhooks of which this node has left nothing unclaimed that was due. */
  const caughtUp = new Set<string>();
  const rests = createRests((id) => fill(id));
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
    noteCaughtUp(only ?? [...caughtUp], held, claims);
    hold(claims);
  }

  /** Whoever was given less than asked for has nothing more to be claimed. */
  function noteCaughtUp(ids: readonly string[], held: ReadonlyMap<string, number>, claims: readonly Claim[]) {
    for (const id of ids) {
      const count = claims.filter(({ webhook_id }) => webhook_id === id).length;
      if (count < heldPerEndpoint - (held.get(id) ?? 0) && !ready.has(id)) caughtUp.add(id);
      else caughtUp.delete(id);
    }
  }

  function hold(claims: readonly Claim[]): void {
    // Statements return rows in any order; attempts begin in the order in which they are due.
    const inOrder = claims.toSorted(
      (a, b) => a.due_at.getTime() - b.due_at.getTime() || (a.sequence ?? 0) - (b.sequence ?? 0),
    );
    for (const claim of inOrder) {
      const lane = lanes.get(claim.webhook_id) ?? { next: [], underWay: new Set() };
      lanes.set(claim.webhook_id, lane);
      lane.next.push(claim);
    }
    for (const id of new Set(claims.map((claim) => claim.webhook_id))) fill(id);
  }

  /** Begins attempts while there are places; asks for more claims when the lane runs dry. */
  function fill(webhookId: string): void {
    const lane = lanes.get(webhookId);
    if (!lane || stopped) return;
    while (lane.underWay.size < rests.placesOf(webhookId, perEndpoint)) {
      const claim = lane.next.shift();
      if (!claim) break;
      const claims: [Claim, ...Claim[]] = [claim];
      if (claim.batch_max !== null) {
        claims.push(...lane.next.splice(0, fitting([claim, ...lane.next], claim.batch_max) - 1));
      }
      lane.underWay.add(claims);
      const done = gather(claims).then(async () => {
        const succeeded = await deps.attempt(claims);
        rests.note(webhookId, succeeded);
        lane.underWay.delete(claims);
        running.delete(done);
        if (lane.underWay.size + lane.next.length === 0) lanes.delete(webhookId);
        fill(webhookId);
        // A failure has a new due time, and only a look at all webhooks sets the timer for it.
        if (!succeeded) poke();
        else if (lane.next.length === 0 && (claim.order_key !== null || !caughtUp.has(webhookId)))
          poke([webhookId]);
      });
      running.add(done);
    }
  }

  /** Adds what waits in the database to a request that takes more. */
  async function gather(claims: [Claim, ...Claim[]]): Promise<void> {
    const [first] = claims;
    const { webhook_id: webhookId, batch_max: max } = first;
    const isOrdered = first.order_key !== null;
    if (max === null || claims.length >= max || (caughtUp.has(webhookId) && !isOrdered)) return;
    try {
      const more = await queue.claimMore({
        now: clock.now(),
        webhookId,
        inHand: claims.map(({ id }) => id),
        limit: max - claims.length,
        ordered: isOrdered,
        nodeId: deps.nodeId,
      });
      claims.push(...more.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0)));
      const tooMuch = claims.splice(fitting(claims, max));
      if (tooMuch.length > 0) await handBack(tooMuch);
    } catch (error) {
      log.warn({ err: error, webhookId }, 'A request with several deliveries begins with fewer');
    }
  }

  async function armSweep(): Promise<void> {
    const due = await queue.nextDueAt();
    const inMs = due ? due.getTime() - clock.now().getTime() : aloneMs;
    const isAlone = deps.presence.nodes()?.length === 1;
    // A due delivery that was not claimed waits for a free place, and the end of an attempt pokes; so no busy loop.
    arm(inMs <= 0 ? sweepMs : Math.min(inMs + 1, isAlone ? aloneMs : sweepMs));
  }

  function arm(ms: number): void {
    clearTimeout(sweep);
    if (!stopped) sweep = setTimeout(() => poke(), ms);
  }

  function poke(webhookIds?: readonly string[]): void {
    if (stopped) return;
    for (const id of webhookIds ?? []) {
      ready.add(id);
      caughtUp.delete(id);
    }
    if (!webhookIds) lookAtAll = true;
    void work();
  }

  /** Renews claims of attempts under way and hands the others back: their webhook may change before their turn. */
  async function renew(): Promise<void> {
    const underWay = [...lanes.values()].flatMap((lane) => [...lane.underWay].flat().map(({ id }) => id));
    const waiting = [...lanes.values()].flatMap((lane) => lane.next.splice(0));
    try {
      if (underWay.length > 0) await queue.renew(underWay);
      if (waiting.length > 0) await queue.release(waiting.map(({ id }) => id));
    } catch (error) {
      log.warn({ err: error }, 'Claims of webhook deliveries could not be renewed');
    }
    if (waiting.length > 0) poke(waiting.map((claim) => claim.webhook_id));
  }

  async function handBack(claims: readonly Claim[]): Promise<void> {
    await queue
      .release(claims.map(({ id }) => id))
      .catch((error: unknown) => log.warn({ err: error }, 'Claims of a webhook could not be handed back'));
  }

  return {
    poke,
    placesFor(webhookId) {
      const lane = lanes.get(webhookId);
      const taken = lane ? lane.underWay.size + lane.next.length : 0;
      return stopped || !caughtUp.has(webhookId) || running.size >= inAllMax ? 0 : perEndpoint - taken;
    },
    take(claims) {
      if (stopped && claims.length > 0) void handBack(claims);
      else hold(claims);
    },
    changed(webhookId) {
      rests.forget(webhookId);
      const claims = lanes.get(webhookId)?.next.splice(0) ?? [];
      const released = claims.length > 0 ? handBack(claims) : Promise.resolve();
      void released.then(() => poke([webhookId]));
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
      rests.stop();
      await work();
      await Promise.race([Promise.all(running), pause(stopMsMax, undefined, { ref: false })]);
      const left = [...lanes.values()].flatMap((lane) =>
        [...[...lane.underWay].flat(), ...lane.next].map(({ id }) => id),
      );
      if (left.length > 0) await queue.release(left);
    },
  };
}
