import type { Engine, EngineName, Link } from '../../../engines/port.ts';
import { phoneOf } from '../../../platform/chat-id.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { Log } from '../../../platform/log.ts';
import { verdictOn } from '../connection-table.ts';
import type { Lease, LeaseStore } from '../leases.store.ts';
import type { ProfileRow, ProfileStore } from '../profiles.store.ts';
import type { LinkRecord } from './link-record.ts';
import type { Live, Owned, SessionHandlers } from './live.ts';
import { createSpread } from './spread.ts';

const startsPerSecondMax = 25;

export interface SessionDeps {
  db: Db;
  log: Log;
  leases: LeaseStore;
  leaseSeconds: number;
  store: ProfileStore;
  record: LinkRecord;
  engines: Record<EngineName, Engine>;
}

/**
 * The connections this node holds. A profile is connected here while it is wanted and this node has its
 * lease; everything else follows from comparing those two facts with what is open (`reconcile`).
 */
export function createSessions(deps: SessionDeps) {
  const { log, leases, store, record, engines } = deps;
  const owned = new Map<string, Owned>();
  const spread = createSpread(startsPerSecondMax);
  let handlers: SessionHandlers | undefined;
  let beat: NodeJS.Timeout | undefined;
  let stopping = false;

  const guarded = (what: string, work: Promise<void>): void => {
    work.catch((error: unknown) => log.error({ err: error }, what));
  };

  /** Runs one after the other per profile. */
  function inOrder(own: Owned, work: () => Promise<void>): Promise<void> {
    own.writing = own.writing.then(work).catch((error: unknown) => {
      log.error(
        { err: error, profileId: own.lease.profileId },
        'a change of a connection could not be written',
      );
    });
    return own.writing;
  }

  function take(taken: Lease[]): void {
    for (const lease of taken) {
      const own: Owned = {
        lease,
        live: undefined,
        end: undefined,
        connected: false,
        tries: 0,
        retry: undefined,
        writing: Promise.resolve(),
      };
      owned.set(lease.profileId, own);
      guarded('a profile could not be opened', open(own));
    }
  }

  async function open(own: Owned): Promise<void> {
    clearTimeout(own.retry);
    own.retry = undefined;
    if (own.live || stopping) return;
    await spread.turn();
    const { profileId } = own.lease;
    const row = await store.own(profileId);
    if (own.live || stopping || owned.get(profileId) !== own) return;
    if (!row?.wanted) return letGo(own, row);
    const engine = engines[row.engine as EngineName];
    const isPaired = await engine.isPaired(profileId);
    await inOrder(own, () => record.opening(profileId, isPaired));
    if (own.live || stopping || owned.get(profileId) !== own) return;
    const end = new AbortController();
    const live: Live = {
      profileId,
      organizationId: row.organization_id,
      generation: own.lease.generation,
      engine,
      ended: end.signal,
      session: engine.open({
        profileId,
        generation: own.lease.generation,
        ...(row.pairing_phone && !isPaired && { pairingPhone: row.pairing_phone }),
        log: log.child({ profileId }),
        listener: {
          linkChanged: (link) => void inOrder(own, () => heard(own, live, link)),
          received: (messages) => required().received(live, messages),
          receipts: (receipts) => required().receipts(live, receipts),
          samePerson: (pairs) => required().samePerson(live, pairs),
          recall: (id) => required().recall(live, id),
        },
      }),
    };
    own.live = live;
    own.end = end;
    live.session.connect();
  }

  function required(): SessionHandlers {
    if (!handlers) throw new Error('sessions were started before anyone said what to do with messages');
    return handlers;
  }

  async function heard(own: Owned, live: Live, link: Link): Promise<void> {
    const { profileId } = own.lease;
    if (own.live !== live || owned.get(profileId) !== own) return;
    if (link.is === 'waiting-for-scan') return record.waiting(profileId, { qr: link.qr }, link.expiresAt);
    if (link.is === 'waiting-for-code') return record.waiting(profileId, { code: link.code }, link.expiresAt);
    if (link.is === 'pairing') return record.pairing(profileId);
    if (link.is === 'connected') return connected(own, live, link);
    if (link.is === 'ended') return ended(own, live, link);
  }

  async function connected(own: Owned, live: Live, link: Extract<Link, { is: 'connected' }>): Promise<void> {
    const { profileId } = own.lease;
    const row = await store.own(profileId);
    const expected = row?.phone_number;
    if (expected && phoneOf(link.as) && phoneOf(link.as) !== expected) {
      await live.session.logout();
      const reason = `This profile belongs to +${expected}, but +${phoneOf(link.as)} was paired. Pair the right phone.`;
      return finish(own, live, { status: 'failed', reason, retryInMs: null, forget: true });
    }
    own.tries = 0;
    own.connected = true;
    await record.connected(profileId, link);
    required().connected(live);
  }

  async function ended(own: Owned, live: Live, link: Extract<Link, { is: 'ended' }>): Promise<void> {
    if (stopping && link.cause === 'closed') return drop(own);
    const verdict = verdictOn(link, own.tries, Math.random());
    own.tries += 1;
    await finish(own, live, verdict);
  }

  async function finish(own: Owned, live: Live, verdict: ReturnType<typeof verdictOn>): Promise<void> {
    drop(own);
    await record.ended(own.lease.profileId, verdict, live.engine, own.tries);
    if (verdict.retryInMs === null) return giveBack(own);
    own.retry = setTimeout(
      () => guarded('a profile could not be opened again', open(own)),
      verdict.retryInMs,
    );
  }

  /** Forgets the connection at once; nobody sends through it from here on. */
  function drop(own: Owned): void {
    own.end?.abort();
    own.live = undefined;
    own.end = undefined;
    own.connected = false;
    clearTimeout(own.retry);
    own.retry = undefined;
  }

  async function giveBack(own: Owned): Promise<void> {
    owned.delete(own.lease.profileId);
    await leases.release(own.lease);
  }

  /** Nobody wants the profile connected any more: close, unlink if asked, and give the lease back. */
  async function letGo(own: Owned, row: ProfileRow | undefined): Promise<void> {
    const live = own.live;
    const wasConnected = own.connected;
    drop(own);
    if (live) {
      if ((!row || row.logout_asked) && wasConnected) await live.session.logout();
      await live.session.close();
    }
    if (row?.logout_asked) await forget(row);
    if (row) await record.closed(row.id);
    await giveBack(own);
  }

  async function forget(row: ProfileRow): Promise<void> {
    await inTransaction(deps.db, async (tx) => {
      await engines[row.engine as EngineName].forget(tx, row.id);
      await store.update(tx, row.id, { logout_asked: false, phone_number: null, lid: null, push_name: null });
    });
  }

  async function reconcile(profileId: string): Promise<void> {
    if (stopping) return;
    const row = await store.own(profileId);
    const own = owned.get(profileId);
    if (own) {
      if (!row?.wanted) return inOrder(own, () => letGo(own, row));
      if (!own.live) return open(own);
      return;
    }
    if (row?.wanted) take(await leases.acquire({ profileIds: [profileId], limit: 1 }));
    else if (row?.logout_asked) await forget(row);
  }

  async function keep(): Promise<void> {
    const mine = [...owned.values()];
    const kept = await leases.renew(mine.map((own) => own.lease));
    for (const own of mine) {
      if (kept.has(own.lease.profileId) || owned.get(own.lease.profileId) !== own) continue;
      const live = own.live;
      drop(own);
      owned.delete(own.lease.profileId);
      if (live) guarded('a session of a lost lease could not be closed', live.session.close());
    }
    take(await leases.acquire({ limit: 100 }));
  }

  function schedule(): void {
    beat = setTimeout(
      () => {
        keep()
          .catch((error: unknown) => log.warn({ err: error }, 'leases could not be renewed; trying again'))
          .finally(() => !stopping && schedule());
      },
      (deps.leaseSeconds * 1000) / 3,
    );
  }

  return {
    /** Says what to do with connections and messages; call it once, before {@link start}. */
    serve(given: SessionHandlers): void {
      handlers = given;
    },

    /** Compares what is wanted with what is open, now; failures are logged and met again at the next beat. */
    poke(profileId: string): void {
      guarded('a profile could not be brought to its wanted state', reconcile(profileId));
    },

    /** The connection of a profile, when this node has it up. */
    live(profileId: string): Live | undefined {
      const own = owned.get(profileId);
      return own?.connected ? own.live : undefined;
    },

    async start(): Promise<void> {
      let taken: Lease[];
      do {
        taken = await leases.acquire({ takeOwn: owned.size === 0, limit: 5000 });
        take(taken);
      } while (taken.length === 5000);
      schedule();
    },

    /** Closes every connection and gives every lease back. */
    async stop(): Promise<void> {
      stopping = true;
      clearTimeout(beat);
      await Promise.allSettled(
        [...owned.values()].map(async (own) => {
          const live = own.live;
          drop(own);
          await live?.session.close();
          await own.writing;
          await leases.release(own.lease);
        }),
      );
      owned.clear();
    },
  };
}
