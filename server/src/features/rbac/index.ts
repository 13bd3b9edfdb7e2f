import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { AccessAuthenticator } from '../access/index.ts';
import { assignmentRoutes } from './assignments.routes.ts';
import { createAssignmentService } from './assignments.service.ts';
import { createGrantStore } from './grants.store.ts';
import { createHoldingService } from './holdings.service.ts';
import { rbacKeeps } from './rbac.keeps.ts';
import { roleRoutes } from './roles.routes.ts';
import { createRoleService } from './roles.service.ts';
import { createRoleStore } from './roles.store.ts';

export {
  baseRoleOf,
  findRole,
  type GivenRole,
  giveRole,
  takeOwnRole,
  type WantedRole,
} from './given-role.store.ts';
export { seedRoles } from './seed-roles.store.ts';

/** Roles and who holds them. The authenticator is told of every change, so that it counts at once. */
export function createRbac(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  authenticator: Pick<AccessAuthenticator, 'forget'>;
}): { feature: Feature } {
  const store = createRoleStore(deps.db);
  const grants = createGrantStore(deps.db);
  const roles = createRoleService({ ...deps, store });
  const assignments = createAssignmentService({ ...deps, grants, roles: store });
  const holdings = createHoldingService({ grants, roles: store });
  return {
    feature: {
      name: 'rbac',
      routes(app) {
        roleRoutes(app, roles);
        assignmentRoutes(app, { assignments, holdings });
      },
      keeps: rbacKeeps,
    },
  };
}
