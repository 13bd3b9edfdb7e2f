import type { Static } from 'typebox';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { JobEraser, JobQueue } from '../../../platform/jobs/jobs.ts';
import type { Leaving } from '../../../platform/keeps/erasure.ts';
import type { AllKeeps } from '../../../platform/keeps/keeps.ts';
import type { AccessAuthenticator } from '../../access/index.ts';
import type { People } from '../../auth/index.ts';
import type { LeavingStore } from '../../organizations/index.ts';
import type { ExportStore } from '../export/exports.store.ts';
import { eraseOrganization } from '../gdpr.jobs.ts';
import type { Erased } from '../gdpr.schema.ts';
import type { OrganizationErasure } from './organization.store.ts';

type Summary = Static<typeof Erased>['deletionSummary'];

export interface EraseDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  jobs: JobQueue & JobEraser;
  people: Pick<People, 'confirm' | 'forget'>;
  authenticator: Pick<AccessAuthenticator, 'forget'>;
  organizations: OrganizationErasure;
  members: Pick<LeavingStore, 'lock' | 'hasOthers'>;
  exports: Pick<ExportStore, 'idsOf'>;
  keeps(): AllKeeps;
}

/** Zero under each name that a piece may count under. */
const noRows: Summary = {
  pushSubscriptions: 0,
  notifications: 0,
  auditLogs: 0,
  sessions: 0,
  apiKeys: 0,
  userRoles: 0,
  user: 0,
};

const person = 'Your account and what is about you were deleted.';
const organization =
  'Your account was deleted; your organization is being deleted and is gone within minutes.';

export function createEraseService(deps: EraseDeps) {
  const { db, clock, audit, jobs, people, authenticator, organizations, members, exports } = deps;

  /** After the commit nobody can sign in and nothing is sent; a job deletes the rows. */
  async function eraseTenant(tx: Tx, organizationId: string): Promise<void> {
    afterCommit(tx, () => authenticator.forget((actor) => actor.organizationId === organizationId));
    await organizations.hide(tx, organizationId, clock.now());
    await jobs.enqueue(tx, eraseOrganization, { organizationId });
  }

  async function leave(tx: Tx, member: Leaving): Promise<Summary> {
    const { id, organizationId } = member;
    const now = clock.now();
    const counts: Record<string, number> = {};
    const exportIds = await exports.idsOf(tx, id);
    for (const { counts: name, erase } of deps.keeps().ofPerson) {
      const rows = await erase(tx, member, now);
      if (name) counts[name] = (counts[name] ?? 0) + rows;
    }
    await jobs.discard(tx, [id, ...exportIds]);
    people.forget(tx, id);
    // Without the origin: the address of the person is erased everywhere else too.
    const by = { organizationId, userId: id };
    await audit.record(tx, by, { action: 'gdpr.delete', resource: { type: 'user', id } });
    return { ...noRows, ...counts };
  }

  /** A wrong password is recorded in the audit log. @throws Failure PASSWORD_INCORRECT or RATE_LIMITED. */
  async function confirm(actor: Actor, password: string): Promise<void> {
    try {
      await people.confirm(actor, password);
    } catch (error) {
      if (error instanceof Failure && error.code === 'PASSWORD_INCORRECT') {
        const resource = { type: 'user', id: actor.userId };
        await audit.record(db, actor, { action: 'gdpr.delete', resource, outcome: 'failed' });
      }
      throw error;
    }
  }

  return {
    /**
     * Deletes the person of the request. An owner who is the last member deletes the organisation with everything in it.
     * @throws Failure PASSWORD_INCORRECT, RATE_LIMITED, or OWNER_STILL_NEEDED while there are other members.
     */
    async account(actor: Actor, password: string): Promise<Static<typeof Erased>> {
      await confirm(actor, password);
      return inTransaction(db, async (tx) => {
        const member = await members.lock(tx, actor);
        if (!member) throw new Failure('SESSION_REVOKED');
        const isOwner = member.role === 'owner';
        if (isOwner && (await members.hasOthers(tx, actor))) throw new Failure('OWNER_STILL_NEEDED');
        const deletionSummary = await leave(tx, member);
        if (isOwner) await eraseTenant(tx, member.organizationId);
        return {
          success: true,
          gdprArticle: 'Article 17',
          deletedAt: clock.now().toISOString(),
          deletionSummary,
          message: isOwner ? organization : person,
        };
      });
    },
  };
}
export type EraseService = ReturnType<typeof createEraseService>;
