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
import { accountProfileRoutes } from './account-profiles.routes.ts';
import { createLeaseStore } from './leases.store.ts';
import { createPairing } from './pairing.ts';
import * as events from './profiles.events.ts';
import { createProfileKeeps } from './profiles.keeps.ts';
import { profileRoutes } from './profiles.routes.ts';
import { createProfileService } from './profiles.service.ts';
import { createProfileStore } from './profiles.store.ts';
import { createRemoveAll } from './remove-all.ts';
import { createLinkRecord, type LinkRecord } from './sessions/link-record.ts';
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
  nodeId: string;
  leaseSeconds: number;
  defaultCountry: string;
  unavailable(engine: EngineName): string | null;
  /** Deletes the rows of other areas about a profile, in the transaction that deletes it. */
  forget(tx: Tx, profile: { organizationId: string; id: string }): Promise<void>;
  presence: Presence;
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
  const service = createProfileService({
    ...deps,
    store,
    async isLinked({ id, engine }) {
      const name = engine as EngineName;
      return !deps.unavailable(name) && deps.engines[name].isPaired(id);
    },
    poke,
  });
  const desk = { service, pairing: createPairing({ service, vault, clock }) };
  const feature: Feature = {
    name: 'profiles',
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
    /** Pauses that WhatsApp asked for, stored with the profile under its lease. */
    pauses: record satisfies Pauses as Pauses,
    /** Removes the profiles of a workspace, one by one. */
    removeOfWorkspace: createRemoveAll(service),
  };
}
