import type { Engine, EngineName, Link } from '../../../engines/port.ts';
import { phoneOf } from '../../../platform/chat-id.ts';
import type { Log } from '../../../platform/log.ts';
import { type Verdict, verdictOn } from '../connection-table.ts';
import type { ProfileRow, ProfileStore } from '../profiles.store.ts';
import { wrongPhoneReason } from '../status-reasons.ts';
import type { LinkRecord } from './link-record.ts';
import type { Live, OwnedProfile, SessionHandlers } from './live.ts';

const unlinkMsMax = 5000;

export interface ConnectionDeps {
  log: Log;
  store: ProfileStore;
  record: LinkRecord;
  engines: Record<EngineName, Engine>;
  /** Runs the work after all earlier work of this profile. */
  inLine(profileId: string, work: () => Promise<void>): Promise<void>;
  handlers(): SessionHandlers;
  /** Why an engine can't be used on this server, or null when it can. */
  unavailable(engine: EngineName): string | null;
  /** Whether this node still holds the profile and is not stopping. */
  isMine(profile: OwnedProfile): boolean;
  /** Ends the lease: the profile does not connect until somebody asks for it. */
  giveBack(profile: OwnedProfile): Promise<void>;
  /** Called when the wait before the next attempt is over. */
  again(profileId: string): void;
}

/** Opens the connections of owned profiles and handles their links; everything here runs in the profile's turn. */
export function createConnections(deps: ConnectionDeps) {
  const { log, store, record, engines, inLine } = deps;

  /** Opens a connection, if there is none. Opens a new one to change from a QR code to a typed code, and back. */
  async function open(profile: OwnedProfile, row: ProfileRow): Promise<void> {
    stopWaiting(profile);
    const { profileId } = profile.lease;
    const engine = engines[row.engine as EngineName];
    const isPaired = await engine.isPaired(profileId);
    const pairingPhone = isPaired ? undefined : (row.pairing_phone ?? undefined);
    // Disconnected and connected again before this node looked: the row no longer says connected, so a new one is meant.
    const isAnew = profile.connected && row.status !== 'connected';
    if (profile.live && !isAnew && (isPaired || profile.pairingPhone === pairingPhone)) return;
    if (profile.live) {
      const { session } = profile.live;
      drop(profile);
      await session.close();
    }
    await record.opening(profile.lease, isPaired);
    if (deps.isMine(profile)) begin(profile, row, pairingPhone);
  }

  function begin(profile: OwnedProfile, row: ProfileRow, pairingPhone: string | undefined): void {
    const { profileId } = profile.lease;
    const end = new AbortController();
    const live = openLive(profile, row, end.signal, pairingPhone, (live, link) => {
      void inLine(profileId, () => onLink(profile, live, link));
    });
    Object.assign(profile, { live, end, pairingPhone });
    live.session.connect();
  }

  function openLive(
    profile: OwnedProfile,
    row: ProfileRow,
    ended: AbortSignal,
    pairingPhone: string | undefined,
    linkChanged: (live: Live, link: Link) => void,
  ): Live {
    const { profileId, generation } = profile.lease;
    const engine = engines[row.engine as EngineName];
    const { handlers } = deps;
    const session = engine.open({
      profileId,
      generation,
      ...(pairingPhone && { pairingPhone }),
      log: log.child({ profileId }),
      listener: {
        linkChanged: (link) => linkChanged(live, link),
        received: (messages, settle) => handlers().received(live, messages, settle),
        receipts: (receipts) => handlers().receipts(live, receipts),
        past: (past, settle) => handlers().past(live, past, settle),
        stateTold: (changes, settle) => handlers().stateTold(live, changes, settle),
        presences: (facts) => handlers().presences(live, facts),
        chatsTold: (facts) => handlers().chatsTold(live, facts),
        groupsTold: (news) => handlers().groupsTold(live, news),
        restricted: async (change) => void (await deps.record.restricted(live, change)),
        samePerson: (pairs) => handlers().samePerson(live, pairs),
        blocksChanged: () => handlers().blocksChanged?.(live),
        peopleChanged: (people) => handlers().peopleChanged?.(live, people),
        recall: (id) => handlers().recall(live, id),
      },
    });
    const live: Live = {
      ...{ profileId, organizationId: row.organization_id, generation, engine, session },
      ended: AbortSignal.any([ended, session.ended]),
    };
    return live;
  }

  /**
   * Connects a paired profile only to unlink its device, which needs a connection; gives up after some seconds. Runs in
   * the profile's turn, while it has no other connection.
   */
  async function unlinkOffline(profile: OwnedProfile, row: ProfileRow): Promise<void> {
    const engine = engines[row.engine as EngineName];
    if (deps.unavailable(row.engine as EngineName) || !(await engine.isPaired(row.id))) return;
    const { promise: isUp, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, unlinkMsMax, false);
    const end = new AbortController();
    const live = openLive(profile, row, end.signal, undefined, (_, link) => {
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

  /** When a link can't be recorded, the connection is closed and opened again later. */
  async function onLink(profile: OwnedProfile, live: Live, link: Link): Promise<void> {
    if (profile.live !== live || !deps.isMine(profile)) return;
    try {
      await follow(profile, live, link);
    } catch (error) {
      if (profile.live === live) drop(profile);
      void live.session.close();
      throw error;
    }
  }

  async function follow(profile: OwnedProfile, live: Live, link: Link): Promise<void> {
    if (link.is === 'waiting-for-scan') await record.waiting(profile.lease, { qr: link.qr }, link.expiresAt);
    if (link.is === 'waiting-for-code')
      await record.waiting(profile.lease, { code: link.code }, link.expiresAt);
    if (link.is === 'pairing') await record.pairing(profile.lease);
    if (link.is === 'connected') await connected(profile, live, link);
    if (link.is === 'ended') await ended(profile, live, link);
    if (link.is !== 'connecting' && link.is !== 'pairing') profile.loginOver?.();
  }

  async function connected(
    profile: OwnedProfile,
    live: Live,
    link: Extract<Link, { is: 'connected' }>,
  ): Promise<void> {
    const expected = (await store.own(profile.lease.profileId))?.phone_number;
    const paired = phoneOf(link.as);
    if (expected && paired && paired !== expected) {
      await unlink(live);
      const reason = wrongPhoneReason(expected, paired);
      return finish(profile, live, { status: 'failed', reason, retryInMs: null, forget: true }, 0);
    }
    if (!(await record.connected(profile.lease, link)) || profile.live !== live) return;
    profile.connected = true;
    profile.upSinceMs = performance.now();
    profile.tries.loggedIn();
    deps.handlers().connected(live);
  }

  async function ended(
    profile: OwnedProfile,
    live: Live,
    link: Extract<Link, { is: 'ended' }>,
  ): Promise<void> {
    const upMs = profile.upSinceMs === undefined ? 0 : performance.now() - profile.upSinceMs;
    const before = profile.tries.ended(link.cause, upMs);
    await finish(profile, live, verdictOn(link, before, Math.random()), before + 1);
  }

  async function finish(profile: OwnedProfile, live: Live, verdict: Verdict, tries: number): Promise<void> {
    drop(profile);
    await record.ended(profile.lease, verdict, live.engine, tries);
    if (verdict.retryInMs === null) return deps.giveBack(profile);
    if (deps.isMine(profile)) {
      profile.retry = setTimeout(() => deps.again(profile.lease.profileId), verdict.retryInMs);
    }
  }

  /** Unlinks this device at the network, if it answers in time; then closes the connection. */
  async function unlink({ session, profileId }: Live): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, unlinkMsMax);
    });
    await Promise.race([session.logout?.(), timeout]).catch((error: unknown) => {
      log.warn({ err: error, profileId }, 'a device could not be unlinked from its phone');
    });
    clearTimeout(timer);
    await session.close();
  }

  return { open, unlink, unlinkOffline, drop };
}

/** Forgets the connection at once; nothing is sent through it any more. */
function drop(profile: OwnedProfile): void {
  profile.end?.abort();
  profile.live = undefined;
  profile.end = undefined;
  profile.connected = false;
  profile.upSinceMs = undefined;
  profile.loginOver?.();
  stopWaiting(profile);
}

function stopWaiting(profile: OwnedProfile): void {
  clearTimeout(profile.retry);
  profile.retry = undefined;
}
