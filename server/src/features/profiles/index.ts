import type { Engine, EngineName } from '../../engines/port.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Presence } from '../../platform/presence.ts';
import type { Media } from '../media/index.ts';
import { accountProfileRoutes } from './account-profiles.routes.ts';
import { createProfileBulk } from './bulk/bulk.kind.ts';
import { createLeaseStore } from './leases.store.ts';
import { createPairing } from './pairing.ts';
import * as events from './profiles.events.ts';
import { createProfileKeeps } from './profiles.keeps.ts';
import { profileRoutes } from './profiles.routes.ts';
import { createProfileService } from './profiles.service.ts';
import { createProfileStore } from './profiles.store.ts';
import { createSeenStore } from './profiles-seen.store.ts';
import { createProfilesSeen } from './profiles-seen.ts';
import { createRemoveAll } from './remove-all.ts';
import { createLinkRecord, type LinkRecord } from './sessions/link-record.ts';
import { createOwnPicture, pictureFilename } from './sessions/own-picture.ts';
import { createSessions } from './sessions/sessions.ts';

export { countedForTheDay } from './daily-count.sql.ts';
export { advanceHistory } from './history.store.ts';
export { isHeld } from './leases.store.ts';
export { restrictionsNow } from './restrictions.ts';
export type { Live, SessionHandlers } from './sessions/live.ts';
export type Pauses = Pick<LinkRecord, 'paused' | 'resumed' | 'unhindered' | 'restricted'>;

export interface ProfilesDeps {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  events: EventRecorder;
  audit: AuditLog;
  idempotency: Pick<Idempotency, 'begin' | 'finish'>;
  engines: Record<EngineName, Engine>;
  media: Pick<Media, 'store' | 'refer' | 'release' | 'linksOf'>;
  nodeId: string;
  leaseSeconds: number;
  defaultCountry: string;
  unavailable(engine: EngineName): string | null;
  /** Deletes the rows of other areas about a profile, in the transaction that deletes it. */
  forget(tx: Tx, profile: { organizationId: string; id: string }): Promise<void>;
  presence: Presence;
  /** Somebody lets the profile send again: all that waits is to be looked at, on whichever node has it. */
  sendingResumed(profileId: string): void;
  /** Notifies the other nodes that the wanted state of a profile changed, or that it is handed over. */
  tellOthers(what: 'profile' | 'handed', profileId: string): void;
}

/** Profiles: the WhatsApp accounts of an organisation, and the connections this node holds for them. */
export function createProfiles(deps: ProfilesDeps) {
  const { db, clock, vault } = deps;
  const store = createProfileStore(db);
  const leases = createLeaseStore(db, deps.nodeId, deps.leaseSeconds);
  const record = createLinkRecord({ db, clock, vault, store, leases, events: deps.events });
  const sessions = createSessions({ ...deps, store, leases, record });
  const poke = (profileId: string) => {
    sessions.poke(profileId);
    deps.tellOthers('profile', profileId);
  };
  /** What is done by hand, in transactions of its own or in that of the caller. */
  const handsOn = (of: Db | Tx) =>
    createProfileService({
      ...deps,
      db: of,
      store,
      pictureLink: (id) => deps.media.linksOf({ id, filename: pictureFilename }).url,
      async isLinked({ id, engine }) {
        const name = engine as EngineName;
        return !deps.unavailable(name) && deps.engines[name].isPaired(id);
      },
      poke,
    });
  const service = handsOn(db);
  const seen = createProfilesSeen({ store, seen: createSeenStore(db), clock });
  const desk = { service, seen, pairing: createPairing({ service, vault, clock }) };
  const feature: Feature = {
    name: 'profiles',
    /** Forgets statuses of long ago. */
    purge: seen.purge,
    routes(app) {
      profileRoutes(app, desk);
      accountProfileRoutes(app, desk);
    },
    events: Object.values(events),
    figures: [
      { name: 'multiwa_profiles', help: 'Profiles.', labels: ['status'], read: () => store.countByStatus() },
      {
        name: 'multiwa_nodes',
        help: 'Nodes that share the database, as this one sees them.',
        read: async () => [{ value: deps.presence.nodes()?.length ?? 1 }],
      },
      {
        name: 'multiwa_spreading',
        help: '1 while this node may ask others for profiles, after nodes have come or gone.',
        read: async () => [{ value: Number(sessions.isSpreading()) }],
      },
    ],
    keeps: createProfileKeeps({ poke }),
    start: () => sessions.start(),
    stop: () => sessions.stop(),
  };
  return {
    feature,
    sessions,
    /** What can be done to many of them. */
    bulk: createProfileBulk({ seen, service, handsOn }),
    /** Keeps the pictures of the accounts. */
    picture: createOwnPicture({ ...deps, store }),
    /** Pauses that WhatsApp asked for, stored with the profile under its lease. */
    pauses: record satisfies Pauses as Pauses,
    /** Removes the profiles of a workspace, one by one. */
    removeOfWorkspace: createRemoveAll(service, store),
  };
}
