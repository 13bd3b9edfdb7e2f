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
import type { Live, OwnedProfile, SessionHandlers } from './live.ts';
import { createLoginGate } from './login-gate.ts';
import { createShares } from './shares.ts';
import { createTries } from './tries.ts';

/** How long a hand-over waits for messages under way; the next node sends those again that are not acknowledged by then. */
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
 * lease; `reconcile` compares those two facts with the open connection and does the rest.
 */
export function createSessions(deps: SessionDeps) {
  const { db, log, leases, store, record, engines } = deps;
  const owned = new Map<string, OwnedProfile>();
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

  const isMine = (profile: OwnedProfile) => running && owned.get(profile.lease.profileId) === profile;
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

  /** Runs the work after all earlier work of this profile; an error is logged, and later work still runs. */
  function inLine(profileId: string, work: () => Promise<void>): Promise<void> {
    return turns.inTurn(profileId, work).catch((error: unknown) => {
      log.error(
        { err: error, profileId },
        'a profile could not be brought to its wanted state; trying again',
      );
    });
  }

  /** Reconciles the profile, in its turn. */
  function poke(profileId: string): void {
    if (running) void inLine(profileId, () => reconcile(profileId));
  }

  async function reconcile(profileId: string): Promise<void> {
    if (!running) return;
    let row = await store.own(profileId);
    const profile = owned.get(profileId) ?? (await takeWanted(row));
    if (!profile || !isMine(profile)) return;
    const logsIn = row?.wanted && !row.logout_asked && !profile.live;
    if (logsIn) profile.loginOver = await gate.enter();
    try {
      if (logsIn) row = await store.own(profileId);
      if (!isMine(profile)) return;
      if (row?.logout_asked) await logOut(profile, row);
      if (row?.wanted) await connections.open(profile, row);
      else await letGo(profile, row);
    } finally {
      if (!profile.live) profile.loginOver?.();
    }
  }

  async function takeWanted(row: ProfileRow | undefined): Promise<OwnedProfile | undefined> {
    if (!row?.wanted && !row?.logout_asked) return undefined;
    const [lease] = await leases.acquire({
      profileIds: [row.id],
      // A profile that was handed to this node while it was not wanted is leased to us, but nothing runs for it.
      takeOwn: true,
      engines: usable(),
      present: deps.presence.nodes(),
    });
    if (lease && !running) await leases.release(lease);
    return lease && running ? hold(lease) : undefined;
  }

  function hold(lease: Lease): OwnedProfile {
    const earlier = owned.get(lease.profileId);
    if (earlier && earlier.lease.generation >= lease.generation) return earlier;
    if (earlier) abandon(earlier);
    const profile: OwnedProfile = {
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
    owned.set(lease.profileId, profile);
    return profile;
  }

  /** Begins with profiles that this node took by itself: at its start, or from a node that is gone. */
  async function take(newLeases: Lease[]): Promise<void> {
    if (!running) return void (await Promise.all(newLeases.map((lease) => leases.release(lease))));
    for (const lease of newLeases) hold(lease);
    try {
      await record.taken(newLeases);
    } finally {
      const ids = newLeases.map((lease) => lease.profileId);
      const work = await leases.withWork(ids).catch(() => new Set<string>());
      for (const id of ids.toSorted((a, b) => Number(work.has(b)) - Number(work.has(a)))) poke(id);
    }
  }

  async function giveBack(profile: OwnedProfile): Promise<void> {
    if (owned.get(profile.lease.profileId) === profile) owned.delete(profile.lease.profileId);
    await leases.release(profile.lease);
  }

  /** Closes a profile that is not wanted any more; a deleted one is also unlinked from its phone. */
  async function letGo(profile: OwnedProfile, row: ProfileRow | undefined): Promise<void> {
    const { live, connected } = profile;
    connections.drop(profile);
    if (live && connected && !row) await connections.unlink(live);
    await live?.session.close();
    await record.closed(profile.lease);
    await giveBack(profile);
  }

  async function logOut(profile: OwnedProfile, row: ProfileRow): Promise<void> {
    const { live, connected } = profile;
    connections.drop(profile);
    if (live && connected) await connections.unlink(live);
    await live?.session.close();
    if (!live || !connected) await connections.unlinkOffline(profile, row);
    await inTransaction(db, async (tx) => {
      if (!(await leases.isHeld(tx, profile.lease))) return;
      await engines[row.engine as EngineName].forget(tx, row.id);
      await store.update(tx, row.id, { logout_asked: false, phone_number: null, lid: null, push_name: null });
    });
  }

  /** Another node has the profile now: this one may write nothing for it any more. */
  function abandon(profile: OwnedProfile): void {
    const { live } = profile;
    connections.drop(profile);
    owned.delete(profile.lease.profileId);
    void live?.session.close();
  }

  /** Renews leases and reconciles regularly, because notifications get lost and databases are away at times. */
  async function keep(): Promise<void> {
    const profiles = [...owned.values()];
    const renewals = await leases.renew(profiles.map((profile) => profile.lease));
    for (const profile of profiles) {
      const { profileId } = profile.lease;
      if (owned.get(profileId) !== profile) continue;
      const renewal = renewals.get(profileId);
      if (!renewal) abandon(profile);
      else if (turns.count(profileId) > 0) continue;
      else if (!renewal.asWanted || (!profile.live && !profile.retry)) poke(profileId);
      else if (renewal.askedBy) offer(profile, renewal.askedBy);
    }
    const free = await shares.takeFree();
    if (free.length > 0) await take(free);
    await shares.even(deps.nodeId);
  }

  function usable(): EngineName[] {
    return (Object.keys(engines) as EngineName[]).filter((name) => !deps.unavailable(name));
  }

  /** Another node asks for a profile: it gets it if that node is present and the connection is up. */
  function offer(profile: OwnedProfile, to: string): void {
    const isThere = deps.presence.nodes()?.includes(to) ?? false;
    void inLine(profile.lease.profileId, async () => {
      if (!isMine(profile)) return;
      if (isThere && profile.live && profile.connected) await handOver(profile, profile.live, to);
      else await leases.decline(profile.lease);
    });
  }

  /** Stops sending, waits for messages under way, closes the connection, and then hands the profile over. */
  async function handOver(profile: OwnedProfile, live: Live, to: string): Promise<void> {
    const { profileId } = profile.lease;
    connections.drop(profile);
    await Promise.race([handlers?.settled(profileId), pause(settleMsMax, undefined, { ref: false })]);
    await live.session.close();
    const isHanded = await leases.handTo(profile.lease, to);
    if (owned.get(profileId) === profile) owned.delete(profileId);
    if (isHanded) deps.tellOthers('handed', profileId);
  }

  /** Takes a profile that is handed to this node; on every other node there is nothing to take. */
  async function takeHanded(profileId: string): Promise<void> {
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

  /** A node has come or gone: it gets its part of the profiles, or its profiles are free now. */
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
      if (running) void inLine(profileId, () => takeHanded(profileId));
    },

    /** Whether this node still compares its part of the profiles with those of the others. */
    isSpreading: () => !shares.isSettled(),

    /** Sets the handlers of connections and messages; call it once, before {@link start}. */
    serve(sessionHandlers: SessionHandlers): void {
      handlers = sessionHandlers;
    },

    /** The connection of a profile, when this node has it up. */
    live(profileId: string): Live | undefined {
      const profile = owned.get(profileId);
      return profile?.connected ? profile.live : undefined;
    },

    /** Takes free profiles and those of an earlier process of this node, however that process ended. */
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
      for (const profile of owned.values()) connections.drop(profile);
      await Promise.allSettled([...closing, beating]);
      await turns.idle();
      await leases
        .leave()
        .catch((error: unknown) => log.warn({ err: error }, 'leases could not be given back'));
      owned.clear();
    },
  };
}
