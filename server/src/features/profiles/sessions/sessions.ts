import { setTimeout as pause } from 'node:timers/promises';
import type { Engine, EngineName } from '../../../engines/port.ts';
import { createTurns } from '../../../platform/concurrency/in-turn.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { Log } from '../../../platform/log.ts';
import type { Presence } from '../../../platform/presence.ts';
import type { Lease, LeaseStore } from '../leases.store.ts';
import type { ProfileRow, ProfileStore } from '../profiles.store.ts';
import { createConnections } from './connections.ts';
import type { LinkRecord } from './link-record.ts';
import type { Live, Owned, SessionHandlers } from './live.ts';
import { createLoginGate } from './login-gate.ts';
import { createShares } from './shares.ts';
import { createTries } from './tries.ts';

/** How long a hand-over waits for what is under way; what is not acknowledged by then is sent again by the next node. */
const settleMsMax = 3000;

export interface SessionDeps {
  db: Db;
  log: Log;
  leases: LeaseStore;
  leaseSeconds: number;
  nodeId: string;
  presence: Presence;
  tellOthers(what: 'handed', profileId: string): void;
  store: ProfileStore;
  record: LinkRecord;
  engines: Record<EngineName, Engine>;
  /** Why an engine can't be used on this server, or null when it can. */
  unavailable(engine: EngineName): string | null;
}

/**
 * The connections this node holds. A profile is connected here while it is wanted and this node has its
 * lease; everything else follows from comparing those two facts with what is open (`reconcile`).
 */
export function createSessions(deps: SessionDeps) {
  const { db, log, leases, store, record, engines } = deps;
  const owned = new Map<string, Owned>();
  const gate = createLoginGate();
  const turns = createTurns();
  let handlers: SessionHandlers | undefined;
  let beat: NodeJS.Timeout | undefined;
  let again = false;
  let beating: Promise<void> = Promise.resolve();
  let running = false;
  const shares = createShares({
    ...deps,
    patienceSeconds: deps.leaseSeconds,
    usable,
    holding: () => owned.size,
  });

  const isMine = (own: Owned) => running && owned.get(own.lease.profileId) === own;
  const connections = createConnections({
    ...deps,
    inLine,
    isMine,
    giveBack,
    again: poke,
    handlers() {
      if (!handlers) throw new Error('sessions were started before anyone said what to do with messages');
      return handlers;
    },
  });

  /** Does the work after all that waits for this profile; what it throws goes to the log, and the line goes on. */
  function inLine(profileId: string, work: () => Promise<void>): Promise<void> {
    return turns.inTurn(profileId, work).catch((error: unknown) => {
      log.error(
        { err: error, profileId },
        'a profile could not be brought to its wanted state; trying again',
      );
    });
  }

  /** Compares what is wanted with what is open, in the profile's line. */
  function poke(profileId: string): void {
    if (running) void inLine(profileId, () => reconcile(profileId));
  }

  async function reconcile(profileId: string): Promise<void> {
    if (!running) return;
    let row = await store.own(profileId);
    const own = owned.get(profileId) ?? (await acquired(row));
    if (!own || !isMine(own)) return;
    const logsIn = row?.wanted && !row.logout_asked && !own.live;
    if (logsIn) own.loginOver = await gate.enter();
    try {
      if (logsIn) row = await store.own(profileId);
      if (!isMine(own)) return;
      if (row?.logout_asked) await logOut(own, row);
      if (row?.wanted) await connections.open(own, row);
      else await letGo(own, row);
    } finally {
      if (!own.live) own.loginOver?.();
    }
  }

  async function acquired(row: ProfileRow | undefined): Promise<Owned | undefined> {
    if (!row?.wanted && !row?.logout_asked) return undefined;
    const [lease] = await leases.acquire({
      profileIds: [row.id],
      // Handed to this node while nobody wanted it connected, it is in our name and nobody's work.
      takeOwn: true,
      engines: usable(),
      present: deps.presence.nodes(),
    });
    if (lease && !running) await leases.release(lease);
    return lease && running ? hold(lease) : undefined;
  }

  function hold(lease: Lease): Owned {
    const known = owned.get(lease.profileId);
    if (known && known.lease.generation >= lease.generation) return known;
    if (known) abandon(known);
    const own: Owned = {
      lease,
      live: undefined,
      end: undefined,
      connected: false,
      upSinceMs: undefined,
      loginOver: undefined,
      pairingPhone: undefined,
      tries: createTries(),
      retry: undefined,
    };
    owned.set(lease.profileId, own);
    return own;
  }

  /** What was taken without anybody asking for it: after a start, or from a node that is gone. */
  async function take(taken: Lease[]): Promise<void> {
    if (!running) return void (await Promise.all(taken.map((lease) => leases.release(lease))));
    for (const lease of taken) hold(lease);
    try {
      await record.taken(taken);
    } finally {
      const ids = taken.map((lease) => lease.profileId);
      const work = await leases.withWork(ids).catch(() => new Set<string>());
      for (const id of ids.toSorted((a, b) => Number(work.has(b)) - Number(work.has(a)))) poke(id);
    }
  }

  async function giveBack(own: Owned): Promise<void> {
    if (owned.get(own.lease.profileId) === own) owned.delete(own.lease.profileId);
    await leases.release(own.lease);
  }

  /** Nobody wants the profile connected any more; a deleted one is unlinked from its phone as well. */
  async function letGo(own: Owned, row: ProfileRow | undefined): Promise<void> {
    const { live, connected } = own;
    connections.drop(own);
    if (live && connected && !row) await connections.unlink(live);
    await live?.session.close();
    await record.closed(own.lease);
    await giveBack(own);
  }

  async function logOut(own: Owned, row: ProfileRow): Promise<void> {
    const { live, connected } = own;
    connections.drop(own);
    if (live && connected) await connections.unlink(live);
    await live?.session.close();
    if (!live || !connected) await connections.farewell(own, row);
    await inTransaction(db, async (tx) => {
      if (!(await leases.isHeld(tx, own.lease))) return;
      await engines[row.engine as EngineName].forget(tx, row.id);
      await store.update(tx, row.id, { logout_asked: false, phone_number: null, lid: null, push_name: null });
    });
  }

  /** Another node has it now: nothing may be written for it any more. */
  function abandon(own: Owned): void {
    const { live } = own;
    connections.drop(own);
    owned.delete(own.lease.profileId);
    void live?.session.close();
  }

  /** Looks after everything by itself, for words between nodes get lost and databases go away for a while. */
  async function keep(): Promise<void> {
    const mine = [...owned.values()];
    const kept = await leases.renew(mine.map((own) => own.lease));
    for (const own of mine) {
      const { profileId } = own.lease;
      if (owned.get(profileId) !== own) continue;
      const renewed = kept.get(profileId);
      if (!renewed) abandon(own);
      else if (turns.count(profileId) > 0) continue;
      else if (!renewed.asWanted || (!own.live && !own.retry)) poke(profileId);
      else if (renewed.askedBy) offer(own, renewed.askedBy);
    }
    const free = await shares.takeFree();
    if (free.length > 0) await take(free);
    await shares.even(deps.nodeId);
  }

  function usable(): EngineName[] {
    return (Object.keys(engines) as EngineName[]).filter((name) => !deps.unavailable(name));
  }

  /** Another node asks for a profile: it gets it when that is there and the profile's connection is up. */
  function offer(own: Owned, to: string): void {
    const isThere = deps.presence.nodes()?.includes(to) ?? false;
    void inLine(own.lease.profileId, async () => {
      if (!isMine(own)) return;
      if (isThere && own.live && own.connected) await handOver(own, own.live, to);
      else await leases.decline(own.lease);
    });
  }

  /** Sends nothing more, lets what is under way end, closes, and only then gives the profile away. */
  async function handOver(own: Owned, live: Live, to: string): Promise<void> {
    const { profileId } = own.lease;
    connections.drop(own);
    await Promise.race([handlers?.settled(profileId), pause(settleMsMax, undefined, { ref: false })]);
    await live.session.close();
    const handed = await leases.handTo(own.lease, to);
    if (owned.get(profileId) === own) owned.delete(profileId);
    if (handed) deps.tellOthers('handed', profileId);
  }

  /** Takes what another node hands to this one; every other node finds nothing to take. */
  async function received(profileId: string): Promise<void> {
    if (!running || owned.has(profileId)) return;
    const [lease] = await leases.acquire({ profileIds: [profileId], takeOwn: true, engines: usable() });
    if (!lease) return;
    if (!running) return leases.release(lease);
    hold(lease);
    await reconcile(profileId);
  }

  function schedule(afterMs = (deps.leaseSeconds * 1000) / 3): void {
    clearTimeout(beat);
    beat = setTimeout(() => {
      beat = undefined;
      again = false;
      beating = keep()
        .catch((error: unknown) => log.warn({ err: error }, 'leases could not be renewed; trying again'))
        .finally(() => running && schedule(again ? 0 : undefined));
    }, afterMs);
  }

  /** A node has come or gone: what it held is free now, or it is to get its part. */
  function nodesChanged(): void {
    shares.unsettle();
    if (!running) return;
    if (beat) schedule(0);
    else again = true;
  }

  return {
    poke,

    /** A profile is handed over, perhaps to this node. */
    receive(profileId: string): void {
      if (running) void inLine(profileId, () => received(profileId));
    },

    /** Whether this node still compares its part of the profiles with those of the others. */
    isSpreading: () => !shares.isSettled(),

    /** Says what to do with connections and messages; call it once, before {@link start}. */
    serve(given: SessionHandlers): void {
      handlers = given;
    },

    /** The connection of a profile, when this node has it up. */
    live(profileId: string): Live | undefined {
      const own = owned.get(profileId);
      return own?.connected ? own.live : undefined;
    },

    /** Takes what is free, and what an earlier process of this node held, however that process ended. */
    async start(): Promise<void> {
      running = true;
      await take(await leases.acquire({ takeOwn: true, engines: usable() }));
      for (const name of Object.keys(engines) as EngineName[]) {
        const why = deps.unavailable(name);
        if (why) await record.unavailable(name, why);
      }
      deps.presence.onChange(nodesChanged);
      schedule();
    },

    /** Closes every connection and gives every lease back. */
    async stop(): Promise<void> {
      running = false;
      clearTimeout(beat);
      gate.end();
      const closing = [...owned.values()].map(({ live }) => live?.session.close());
      for (const own of owned.values()) connections.drop(own);
      await Promise.allSettled([...closing, beating]);
      await turns.idle();
      await leases
        .leave()
        .catch((error: unknown) => log.warn({ err: error }, 'leases could not be given back'));
      owned.clear();
    },
  };
}
