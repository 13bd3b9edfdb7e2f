import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { AccessAuthenticator } from '../access/index.ts';
import { apiKeyRoutes } from './api-keys.routes.ts';
import { createApiKeyService } from './api-keys.service.ts';
import { createApiKeyStore } from './api-keys.store.ts';

/** API keys. The authenticator is told of revoked ones, so that they stop at once. */
export function createApiKeys(deps: {
  db: Db;
  clock: Clock;
  authenticator: Pick<AccessAuthenticator, 'forget'>;
}): { feature: Feature } {
  const service = createApiKeyService({ ...deps, store: createApiKeyStore(deps.db) });
  return { feature: { name: 'api-keys', routes: (app) => apiKeyRoutes(app, service) } };
}
