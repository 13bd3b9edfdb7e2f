import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Media } from '../media/index.ts';
import type { Messages } from '../messages/index.ts';
import { contactOptedIn, contactOptedOut } from './consent.events.ts';
import { consentKeeps } from './consent.keeps.ts';
import { consentRoutes } from './consents/consents.routes.ts';
import { createConsentService } from './consents/consents.service.ts';
import { createConsentStore } from './consents/consents.store.ts';
import { createAsksToStop, createWordReader } from './hear-words.ts';
import { createIdentities } from './identity.ts';
import { optOutRoutes } from './opt-outs.routes.ts';
import { createOptOutService } from './opt-outs.service.ts';
import { createOptOutStore } from './opt-outs.store.ts';
import { createOptOutTable } from './table.ts';
import { createWhoOptedOut } from './who-opted-out.store.ts';
import { createWishes } from './wishes.ts';

export type { Identities } from './identity.ts';
export type { Wishes } from './wishes.ts';

/** Who wants to be written to, and who does not. */
export function createConsent(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  audit: AuditLog;
  events: Pick<EventRecorder, 'record'>;
  messages: Pick<Messages, 'deliver'>;
  media: Pick<Media, 'openMedia' | 'bodyBytesMax'>;
  config: Pick<Config, 'defaultCountry'>;
}) {
  const { defaultCountry } = deps.config;
  const store = createOptOutStore(deps.db);
  const identities = createIdentities(deps.vault);
  const asked = createAsksToStop(store);
  const service = createOptOutService({
    ...{ ...deps, store, identities, defaultCountry, wordsChanged: asked.changed },
  });
  const table = createOptOutTable({ ...deps, store, service });
  const consents = createConsentService({
    ...{ ...deps, store: createConsentStore(deps.db), identities, optOuts: service },
  });
  const feature: Feature = {
    name: 'consent',
    routes(app) {
      optOutRoutes(app, service, table, deps.media);
      consentRoutes(app, consents, deps.media);
    },
    events: [contactOptedOut, contactOptedIn],
    readers: [createWordReader({ ...deps, store, identities })],
    keeps: consentKeeps,
  };
  return {
    feature,
    /** Under which names somebody may be on the lists. */
    identities,
    /** Who of some people is on the list. */
    whoOptedOut: createWhoOptedOut(identities),
    wishes: createWishes({ ...deps, store, identities }),
    asksToStop: asked.asksToStop,
  };
}
