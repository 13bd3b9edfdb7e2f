import type { Idempotency } from '../../http/idempotency.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { LinkConfig } from '../../platform/links.ts';
import type { MailQueue } from '../../platform/mail.ts';
import type { Attempts, BrowserSessions, People } from '../auth/index.ts';
import { createWorkspaceStore } from '../workspaces/index.ts';
import { createAcceptService } from './invitations/accept.service.ts';
import { invitationRoutes } from './invitations/invitations.routes.ts';
import { createInvitationStore } from './invitations/invitations.store.ts';
import { createInviteService } from './invitations/invite.service.ts';
import { memberRoutes } from './members/members.routes.ts';
import { createMemberService } from './members/members.service.ts';
import { createMemberStore } from './members/members.store.ts';
import { createOwnershipService } from './members/ownership.service.ts';
import { organizationKeeps } from './organizations.keeps.ts';
import { organizationRoutes } from './organizations.routes.ts';
import { createOrganizationService } from './organizations.service.ts';
import { createOrganizationStore } from './organizations.store.ts';

export { createLeavingStore, type LeavingStore } from './leaving.store.ts';
export { insertOrganization } from './organizations.store.ts';

/** The organisation, its people and who is invited. */
export function createOrganizations(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  mail: MailQueue;
  people: People;
  browserSessions: BrowserSessions;
  attempts: Pick<Attempts, 'count'>;
  idempotency: Pick<Idempotency, 'begin' | 'finish'>;
  config: LinkConfig;
  zoneChanged(tx: Tx, organizationId: string): Promise<unknown>;
}): { feature: Feature } {
  const { db, clock } = deps;
  const organizations = createOrganizationStore(db);
  const members = createMemberStore(db);
  const invitations = createInvitationStore(db);
  const service = createOrganizationService({
    ...deps,
    store: organizations,
    workspaces: createWorkspaceStore(db),
  });
  const invite = createInviteService({
    ...deps,
    store: invitations,
    members,
    organizations,
  });
  const people = {
    members: createMemberService({ ...deps, store: members, invitations }),
    invite,
    ownership: createOwnershipService({ ...deps, store: members }),
  };
  const accept = createAcceptService({ ...deps, store: invitations, members });
  return {
    feature: {
      name: 'organizations',
      routes(app) {
        organizationRoutes(app, service);
        memberRoutes(app, people);
        invitationRoutes(app, accept, deps.browserSessions);
      },
      purge: () => invitations.purge(clock.now()),
      keeps: organizationKeeps,
    },
  };
}
