import type { Feature } from '../../platform/feature.ts';
import { apiKeyKeeps } from './api-keys.keeps.ts';
import { apiKeyRoutes } from './api-keys.routes.ts';
import { type ApiKeyServiceDeps, createApiKeyService } from './api-keys.service.ts';
import { createApiKeyStore } from './api-keys.store.ts';

export { removeKeysOf, touchKey } from './api-keys.store.ts';

/** API keys. The authenticator is told of revoked ones, so that they stop at once. */
export function createApiKeys(deps: Omit<ApiKeyServiceDeps, 'store'>) {
  const store = createApiKeyStore(deps.db);
  const service = createApiKeyService({ ...deps, store });
  const feature: Feature = {
    name: 'api-keys',
    routes: (app) => apiKeyRoutes(app, service),
    keeps: apiKeyKeeps,
  };
  return { feature, forgetProfile: store.forgetProfile };
}
