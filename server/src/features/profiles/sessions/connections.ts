import type { Engine, EngineName, Link } from '../../../engines/port.ts';
import { phoneOf } from '../../../platform/chat-id.ts';
import type { Log } from '../../../platform/log.ts';
import { type Verdict, verdictOn } from '../connection-table.ts';
import type { ProfileRow, ProfileStore } from '../profiles.store.ts';
import type { LinkRecord } from './link-record.ts';
import type { Live, Owned, SessionHandlers } from './live.ts';

const unlinkMsMax = 5000;

export interface ConnectionDeps {
  log: Log;
  store: ProfileStore;
  record: LinkRecord;
  engines: Record<EngineName, Engine>;
  /** Does the work after all that waits for this profile. */
  inLine(profileId: string, work: () => Promise<void>): Promise<void>;
  handlers(): SessionHandlers;
  /** Why an engine can't be used on this server, or null when it can. */
  unavailable(engine: EngineName): string | null;
  /** Whether this node still has the profile and is not about to stop. */
  isMine(own: Owned): boolean;
  /** Nothing will happen with this profile until somebody asks. */
  giveBack(own: Owned): Promise<void>;
  /** The wait before the next try is over. */
  again(profileId: string): void;
}

/** Opens the connections of owned profiles and follows what they say; everything here runs in the profile's line. */
export function createConnections(deps: ConnectionDeps) {
  const { log, store, record, engines, inLine } = deps;

  /** Opens what is not open; what shows a QR code is opened anew when a typed code is asked for, and back. */
  async function open(own: Owned, row: ProfileRow): Promise<void> {
    stopWaiting(own);
    const { profileId } = own.lease;
    const engine = engines[row.engine as EngineName];
    const isPaired = await engine.isPaired(profileId);
    const pairingPhone = isPaired ? undefined : (row.pairing_phone ?? undefined);
    if (own.live && (isPaired || own.pairingPhone === pairingPhone)) return;
    if (own.live) {
      const { session } = own.live;
      drop(own);
      await session.close();
    }
    await record.opening(own.lease, isPaired);
    if (deps.isMine(own)) begin(own, row, pairingPhone);
  }

  function begin(own: Owned, row: ProfileRow, pairingPhone: string | undefined): void {
    const { profileId } = own.lease;
    const end = new AbortController();
    const live = made(own, row, end.signal, pairingPhone, (live, link) => {
      void inLine(profileId, () => heard(own, live, link));
    });
    Object.assign(own, { live, end, pairingPhone });
    live.session.connect();
  }

  function made(
    own: Owned,
    row: ProfileRow,
    ended: AbortSignal,
    pairingPhone: string | undefined,
    linkChanged: (live: Live, link: Link) => void,
  ): Live {
    const { profileId, generation } = own.lease;
    const engine = engines[row.engine as EngineName];
    const { handlers } = deps;
    const live: Live = {
      profileId,
      organizationId: row.organization_id,
      generation,
      engine,
      ended,
      session: engine.open({
        profileId,
        generation,
        ...(pairingPhone && { pairingPhone }),
        log: log.child({ profileId }),
        listener: {
          linkChanged: (link) => linkChanged(live, link),
          received: (messages, settle) => handlers().received(live, messages, settle),
          receipts: (receipts) => handlers().receipts(live, receipts),
          chatsTold: (facts) => handlers().chatsTold(live, facts),
          samePerson: (pairs) => handlers().samePerson(live, pairs),
          recall: (id) => handlers().recall(live, id),
        },
      }),
    };
    return live;
  }

  /**
   * Connects a paired profile for nothing but to unlink its device, which can't be done from outside; gives up
   * after some seconds. Runs in the profile's line, while nothing else of it is open.
   */
  async function farewell(own: Owned, row: ProfileRow): Promise<void> {
    const engine = engines[row.engine as EngineName];
    if (deps.unavailable(row.engine as EngineName) || !(await engine.isPaired(row.id))) return;
    const { promise: isUp, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, unlinkMsMax, false);
    const end = new AbortController();
    const live = made(own, row, end.signal, undefined, (_, link) => {
      if (link.is === 'connected') resolve(true);
      if (link.is === 'ended') resolve(false);
    });
    live.session.connect();
    const wasUp = await isUp;
    clearTimeout(timer);
    end.abort();
    if (wasUp) return unlink(live);
    log.warn(
      { profileId: row.id },
      'a device could not be unlinked from its phone: no connection came about',
    );
    await live.session.close();
  }

  /** What can't be written down must not go on either: the connection is closed, and opened again later. */
  async function heard(own: Owned, live: Live, link: Link): Promise<void> {
    if (own.live !== live || !deps.isMine(own)) return;
    try {
      await follow(own, live, link);
    } catch (error) {
      if (own.live === live) drop(own);
      void live.session.close();
      throw error;
    }
  }

  async function follow(own: Owned, live: Live, link: Link): Promise<void> {
    if (link.is === 'waiting-for-scan') await record.waiting(own.lease, { qr: link.qr }, link.expiresAt);
    if (link.is === 'waiting-for-code') await record.waiting(own.lease, { code: link.code }, link.expiresAt);
    if (link.is === 'pairing') await record.pairing(own.lease);
    if (link.is === 'connected') await connected(own, live, link);
    if (link.is === 'ended') await ended(own, live, link);
    if (link.is !== 'connecting' && link.is !== 'pairing') own.loginOver?.();
  }

  async function connected(own: Owned, live: Live, link: Extract<Link, { is: 'connected' }>): Promise<void> {
    const expected = (await store.own(own.lease.profileId))?.phone_number;
    const paired = phoneOf(link.as);
    if (expected && paired && paired !== expected) {
      await unlink(live);
      const reason = `This profile belongs to +${expected}, but +${paired} was paired. Pair the right phone.`;
      return finish(own, live, { status: 'failed', reason, retryInMs: null, forget: true }, 0);
    }
    if (!(await record.connected(own.lease, link)) || own.live !== live) return;
    own.connected = true;
    own.upSinceMs = performance.now();
    own.tries.loggedIn();
    deps.handlers().connected(live);
  }

  async function ended(own: Owned, live: Live, link: Extract<Link, { is: 'ended' }>): Promise<void> {
    const upMs = own.upSinceMs === undefined ? 0 : performance.now() - own.upSinceMs;
    const before = own.tries.ended(link.cause, upMs);
    await finish(own, live, verdictOn(link, before, Math.random()), before + 1);
  }

  async function finish(own: Owned, live: Live, verdict: Verdict, tries: number): Promise<void> {
    drop(own);
    await record.ended(own.lease, verdict, live.engine, tries);
    if (verdict.retryInMs === null) return deps.giveBack(own);
    if (deps.isMine(own)) {
      own.retry = setTimeout(() => deps.again(own.lease.profileId), verdict.retryInMs);
    }
  }

  /** Unlinks this device at the network, as far as that can be had; the connection is closed afterwards. */
  async function unlink({ session, profileId }: Live): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, unlinkMsMax);
    });
    await Promise.race([session.logout?.(), tooLong]).catch((error: unknown) => {
      log.warn({ err: error, profileId }, 'a device could not be unlinked from its phone');
    });
    clearTimeout(timer);
    await session.close();
  }

  return { open, unlink, farewell, drop };
}

/** Forgets the connection at once; nobody sends through it from here on. */
function drop(own: Owned): void {
  own.end?.abort();
  own.live = undefined;
  own.end = undefined;
  own.connected = false;
  own.upSinceMs = undefined;
  own.loginOver?.();
  stopWaiting(own);
}

function stopWaiting(own: Owned): void {
  clearTimeout(own.retry);
  own.retry = undefined;
}
