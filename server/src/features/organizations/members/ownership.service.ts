import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import { type People, updateUser } from '../../auth/index.ts';
import { takeOwnRole } from '../../rbac/index.ts';
import type { Transfer } from './members.schema.ts';
import type { MemberStore } from './members.store.ts';

export function createOwnershipService(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  people: Pick<People, 'confirm' | 'forget'>;
  store: MemberStore;
}) {
  const { db, clock, audit, people, store } = deps;

  async function setRole(tx: Tx, organizationId: string, userId: string, role: 'owner' | 'admin') {
    await takeOwnRole(tx, organizationId, userId);
    await updateUser(tx, organizationId, userId, { role, updated_at: clock.now() });
    people.forget(tx, userId);
  }

  return {
    /**
     * The member becomes the owner and the owner an admin, both or neither.
     * @throws Failure PERMISSION_DENIED for anybody but the owner in person, PASSWORD_INCORRECT, RATE_LIMITED,
     * MEMBER_NOT_FOUND, VALIDATION_ERROR for oneself and for a disabled member
     */
    async transfer(actor: Actor, { userId, password }: Transfer): Promise<void> {
      if (actor.kind !== 'user' || actor.role !== 'owner') {
        throw new Failure('PERMISSION_DENIED', {
          says: 'Only the owner in person can hand the organization over.',
        });
      }
      if (!isUuid(userId)) throw new Failure('MEMBER_NOT_FOUND');
      if (userId.toLowerCase() === actor.userId) throw unfit('is the owner already');
      await people.confirm(actor, password);
      const { organizationId } = actor;
      await inTransaction(db, async (tx) => {
        const owner = await store.lock(tx, organizationId, actor.userId);
        if (owner?.role !== 'owner') throw new Failure('PERMISSION_DENIED');
        const next = await store.lock(tx, organizationId, userId);
        if (!next) throw new Failure('MEMBER_NOT_FOUND');
        if (!next.is_active) throw unfit('is disabled');
        // An organisation has one owner at any moment, so the old one steps down first.
        await setRole(tx, organizationId, actor.userId, 'admin');
        await setRole(tx, organizationId, userId, 'owner');
        await audit.record(tx, actor, {
          action: 'org.transfer',
          resource: { type: 'organization', id: organizationId },
          before: { ownerId: actor.userId },
          after: { ownerId: userId },
        });
      });
    },
  };
}
export type OwnershipService = ReturnType<typeof createOwnershipService>;

const unfit = (problem: string) =>
  new Failure('VALIDATION_ERROR', { details: [{ path: '/userId', problem }] });
