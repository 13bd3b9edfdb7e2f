import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { createRate } from '../../platform/rate.ts';
import type { S3Manner, S3Settings } from '../../platform/storage/s3.ts';
import type { Storage } from '../../platform/storage/storage.ts';
import type { MailConfig } from '../mail/index.ts';
import type { Media } from '../media/index.ts';
import { settingsKeeps } from './settings.keeps.ts';
import { settingsRoutes } from './settings.routes.ts';
import { createSettingsStore } from './settings.store.ts';
import { createSmtpService } from './smtp.service.ts';
import { storageRoutes } from './storage.routes.ts';
import { createStorageService } from './storage.service.ts';

const testsPerMinute = 10;

/** What organisations set for themselves in place of the server's settings. */
export function createSettings(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  outbound: Outbound;
  media: Pick<Media, 'places' | 'moves'>;
  storage: Storage;
  bucket: (settings: S3Settings, manner?: S3Manner) => Storage;
  config: MailConfig & { s3Bucket?: string | undefined };
}) {
  const store = createSettingsStore(deps.db);
  const smtp = createSmtpService({
    ...deps,
    store,
    rate: createRate(deps.clock, testsPerMinute),
  });
  const storage = createStorageService({ ...deps, store, rate: createRate(deps.clock, testsPerMinute) });
  const feature: Feature = {
    name: 'settings',
    routes(app) {
      settingsRoutes(app, { smtp });
      storageRoutes(app, storage);
    },
    keeps: settingsKeeps,
  };
  return { feature, mailServerOf: smtp.mailServerOf };
}
