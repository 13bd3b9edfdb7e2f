import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import { accountKeeps } from './accounts.keeps.ts';
import { accountRoutes } from './accounts.routes.ts';
import { createAccountService } from './accounts.service.ts';
import { createAccountStore } from './accounts.store.ts';

export { insertAccount } from './accounts.store.ts';

export function createAccounts(deps: { db: Db; clock: Clock; audit: AuditLog }): { feature: Feature } {
  const service = createAccountService({ ...deps, store: createAccountStore(deps.db) });
  return { feature: { name: 'accounts', routes: (app) => accountRoutes(app, service), keeps: accountKeeps } };
}
