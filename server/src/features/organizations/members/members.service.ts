import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import { type AuditEntry, type AuditLog, differences } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Slice } from '../../../platform/slice.ts';
import { permissionsAnywhere } from '../../access/index.ts';
import { type People, removeUser, updateUser } from '../../auth/index.ts';
import { unassign } from '../../conversations/index.ts';
import { type GivenRole, giveRole } from '../../rbac/index.ts';
import { chooseRole } from '../choose-role.ts';
import type { InvitationStore } from '../invitations/invitations.store.ts';
import { assertMayChange } from '../rights.ts';
import type { MemberAnswer, MemberChange, RoleChange } from './members.schema.ts';
import type { Entry, MemberStore, Person } from './members.store.ts';

export interface MemberServiceDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  people: Pick<People, 'endSessions' | 'forget'>;
  store: MemberStore;
  invitations: InvitationStore;
}

/** Members and open invitations, by one id each. */
export function createMemberService(deps: MemberServiceDeps) {
  const { db, clock, audit, people, store, invitations } = deps;

  /** The member, whom the caller may change. */
  async function member(tx: Tx, actor: Actor, id: string): Promise<Person | undefined> {
    const person = await store.lock(tx, actor.organizationId, id);
    if (person && person.id !== actor.userId) {
      if (person.role === 'owner') throw new Failure('OWNER_PROTECTED');
      assertMayChange(actor, permissionsAnywhere(person));
    }
    return person;
  }

  async function invitation(tx: Tx, actor: Actor, id: string) {
    const row = await invitations.lockOpen(tx, actor.organizationId, { id }, clock.now());
    if (!row) throw new Failure('MEMBER_NOT_FOUND');
    assertMayChange(actor, row.permissions);
    return row;
  }

  async function shown(tx: Tx, actor: Actor, id: string): Promise<MemberAnswer> {
    const entry = await store.get(tx, actor.organizationId, id, clock.now());
    if (!entry) throw new Failure('MEMBER_NOT_FOUND');
    return present(entry);
  }

  const record = (
    tx: Tx,
    actor: Actor,
    type: 'user' | 'invitation',
    id: string,
    entry: Omit<AuditEntry, 'resource'>,
  ) => audit.record(tx, actor, { ...entry, resource: { type, id } });

  async function give(tx: Tx, actor: Actor, id: string, role: GivenRole): Promise<'user' | 'invitation'> {
    const person = await member(tx, actor, id);
    if (person?.role === 'owner') throw new Failure('OWNER_PROTECTED');
    if (person) {
      if (person.id === actor.userId) throw ownself('You cannot change your own role');
      await giveRole(tx, actor.organizationId, person.id, role, clock.now());
      people.forget(tx, person.id);
      return 'user';
    }
    await invitation(tx, actor, id);
    await invitations.setRole(tx, actor.organizationId, id, role.id);
    return 'invitation';
  }

  return {
    async list(actor: Actor, page: Slice): Promise<MemberAnswer[]> {
      return (await store.list(actor.organizationId, clock.now(), page)).map(present);
    },

    /** Counts on the next request. @throws Failure MEMBER_NOT_FOUND, OWNER_PROTECTED, CANNOT_REMOVE_SELF, PERMISSION_DENIED and as `chooseRole` */
    async changeRole(actor: Actor, id: string, body: RoleChange): Promise<MemberAnswer> {
      return inTransaction(db, async (tx) => {
        const before = await shown(tx, actor, id);
        const role = await chooseRole(tx, actor, { role: given(body.role), roleId: given(body.roleId) });
        const type = await give(tx, actor, id, role);
        const after = await shown(tx, actor, id);
        await record(tx, actor, type, id, {
          action: 'user.role_change',
          ...differences(rolesOf(before), rolesOf(after)),
        });
        return after;
      });
    },

    /** Disabling ends their sessions and stops their keys at once. @throws Failure as `changeRole` */
    async update(actor: Actor, id: string, body: MemberChange): Promise<MemberAnswer> {
      const { isActive } = body;
      const name = body.name?.trim();
      return inTransaction(db, async (tx) => {
        const person = await member(tx, actor, id);
        if (!person) throw new Failure('MEMBER_NOT_FOUND');
        if (person.id === actor.userId && isActive === false) throw ownself('You cannot disable yourself');
        const now = clock.now();
        await updateUser(tx, actor.organizationId, id, {
          ...(isActive !== undefined && { is_active: isActive }),
          ...(name && { name }),
          updated_at: now,
        });
        if (isActive === false) await stop(tx, actor, person.id, now, 'open');
        const after = await shown(tx, actor, id);
        await record(tx, actor, 'user', id, {
          action: 'user.update',
          details: { fields: Object.keys(differences({ name: person.name }, { name: after.name }).after) },
          ...differences({ isActive: person.is_active }, { isActive: after.isActive }),
        });
        return after;
      });
    },

    /** @throws Failure MEMBER_NOT_FOUND, CANNOT_REMOVE_SELF, OWNER_PROTECTED, PERMISSION_DENIED */
    async remove(actor: Actor, id: string): Promise<void> {
      await inTransaction(db, async (tx) => {
        const person = await member(tx, actor, id);
        if (person?.id === actor.userId) throw new Failure('CANNOT_REMOVE_SELF');
        if (person) return removeMember(tx, actor, person.id);
        await invitation(tx, actor, id);
        await invitations.remove(tx, actor.organizationId, id);
        await record(tx, actor, 'invitation', id, { action: 'user.invite_revoke' });
      });
    },
  };

  async function removeMember(tx: Tx, actor: Actor, id: string): Promise<void> {
    const before = await shown(tx, actor, id);
    await stop(tx, actor, id, clock.now(), 'all');
    await removeUser(tx, actor.organizationId, id);
    await record(tx, actor, 'user', id, { action: 'user.remove', before: rolesOf(before) });
  }

  /** Their conversations wait for somebody again: the open ones, or all when nobody is left to have had them. */
  async function stop(tx: Tx, actor: Actor, id: string, now: Date, which: 'open' | 'all'): Promise<void> {
    await people.endSessions(tx, id);
    people.forget(tx, id);
    await unassign(tx, { organizationId: actor.organizationId, userId: id }, now, which);
  }
}
export type MemberService = ReturnType<typeof createMemberService>;

const ownself = (says: string) => new Failure('CANNOT_REMOVE_SELF', { says });

const rolesOf = ({ role, roleId }: MemberAnswer) => ({ role, roleId });

function present(entry: Entry): MemberAnswer {
  return {
    id: entry.id,
    name: entry.name,
    email: entry.email,
    role: entry.role,
    roleId: entry.role_id,
    roleName: entry.role_name,
    isActive: entry.status === 'active',
    status: entry.status,
    lastLoginAt: entry.last_login_at?.toISOString() ?? null,
    createdAt: entry.created_at.toISOString(),
    ...(entry.expires_at && { expiresAt: entry.expires_at.toISOString() }),
  };
}
