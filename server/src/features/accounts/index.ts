import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import { createWorkspaceStore } from '../workspaces/index.ts';
import { accountRoutes } from './accounts.routes.ts';
import { createAccountService } from './accounts.service.ts';
import { createAccountStore } from './accounts.store.ts';

export function createAccounts({ db, clock }: { db: Db; clock: Clock }): { feature: Feature } {
  const service = createAccountService({
    store: createAccountStore(db),
    workspaces: createWorkspaceStore(db),
    clock,
  });
  return { feature: { name: 'accounts', routes: (app) => accountRoutes(app, service) } };
}
