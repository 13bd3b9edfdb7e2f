import { page } from '../../http/list.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { type AuditLog, differences } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import { whenTaken } from '../../platform/db/taken.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { isPermission, type Permission, permissions } from '../../platform/permissions.ts';
import {
  type AccessAuthenticator,
  assertMayGive,
  assertNotAbove,
  permissionsOfRow,
} from '../access/index.ts';
import { presentRole, presentUserRole } from './rbac.present.ts';
import type { NewRole, RoleChange } from './rbac.schema.ts';
import type { RoleRow, RoleStore } from './roles.store.ts';
import { assertOwn } from './rules.ts';
import { seedRoles } from './seed-roles.store.ts';

export interface RoleDeps {
  db: Db;
  store: RoleStore;
  clock: Clock;
  audit: AuditLog;
  authenticator: Pick<AccessAuthenticator, 'forget'>;
}

/** Roles of an organisation: the system's, which nobody changes, and its own. */
export function createRoleService({ db, store, clock, audit, authenticator }: RoleDeps) {
  /** The role, to be changed. @throws Failure ROLE_NOT_FOUND, ROLE_IS_SYSTEM or PERMISSION_DENIED. */
  async function changeable(tx: Tx, actor: Actor, id: string): Promise<RoleRow> {
    const role = await store.locked(tx, actor.organizationId, id);
    if (!role) throw new Failure('ROLE_NOT_FOUND');
    if (role.system_key !== null) throw new Failure('ROLE_IS_SYSTEM');
    const says = 'This role may do more than you: it is out of your reach.';
    assertNotAbove(actor, permissionsOfRow(role), says);
    return role;
  }

  return {
    async list(actor: Actor, query: { limit?: number; offset?: number }) {
      const rows = await store.list(actor.organizationId, page(query));
      return rows.map((row) => ({ ...presentRole(row), _count: { users: row.users } }));
    },

    /** @throws Failure ROLE_NOT_FOUND */
    async get({ organizationId }: Actor, id: string, query: { limit?: number; offset?: number }) {
      const role = await store.get(organizationId, id);
      if (!role) throw new Failure('ROLE_NOT_FOUND');
      const [holders, users] = await Promise.all([store.holders(role, page(query)), store.holderCount(role)]);
      return {
        ...presentRole(role),
        _count: { users },
        users: holders.map((row) => ({
          ...presentUserRole({ ...row, organization_id: organizationId, role_id: role.id }),
          user: {
            id: row.user_id,
            name: row.name,
            email: row.email,
            role: row.role,
            isActive: row.is_active,
          },
        })),
      };
    },

    /** @throws Failure VALIDATION_ERROR, GRANT_TOO_WIDE or ROLE_NAME_TAKEN. */
    async create(actor: Actor, body: NewRole) {
      const granted = knownPermissions(body.permissions);
      assertMayGive(actor, granted, '/permissions');
      const now = clock.now();
      return uniquelyNamed(() =>
        inTransaction(db, async (tx) => {
          const role = await store.insert(tx, {
            id: newId(),
            organization_id: actor.organizationId,
            name: body.name.trim(),
            description: given(body.description) ?? null,
            permissions: granted,
            system_key: null,
            created_at: now,
            updated_at: now,
          });
          await audit.record(tx, actor, {
            action: 'role.create',
            resource: { type: 'role', id: role.id },
            after: shown(role),
          });
          return presentRole(role);
        }),
      );
    },

    /** @throws Failure ROLE_NOT_FOUND, ROLE_IS_SYSTEM, PERMISSION_DENIED, VALIDATION_ERROR, GRANT_TOO_WIDE or ROLE_NAME_TAKEN. */
    async update(actor: Actor, id: string, body: RoleChange) {
      const { description } = body;
      const name = given(body.name)?.trim();
      const granted = body.permissions ? knownPermissions(body.permissions) : undefined;
      return uniquelyNamed(() =>
        inTransaction(db, async (tx) => {
          const before = await changeable(tx, actor, id);
          if (granted) assertMayGive(actor, granted, '/permissions');
          const role = await store.update(tx, actor.organizationId, id, {
            ...(name && { name }),
            ...(description !== undefined && description !== '' && { description }),
            ...(granted && { permissions: granted }),
            updated_at: clock.now(),
          });
          await audit.record(tx, actor, {
            action: 'role.update',
            resource: { type: 'role', id },
            ...differences(shown(before), shown(role)),
            ...(before.description !== role.description && { details: { fields: ['description'] } }),
          });
          afterCommit(tx, () =>
            authenticator.forget(({ organizationId }) => organizationId === actor.organizationId),
          );
          return presentRole(role);
        }),
      );
    },

    /** @throws Failure ROLE_NOT_FOUND, ROLE_IS_SYSTEM, PERMISSION_DENIED or ROLE_IN_USE. */
    async remove(actor: Actor, id: string): Promise<void> {
      await inTransaction(db, async (tx) => {
        const role = await changeable(tx, actor, id);
        if (await store.isUsed(tx, actor.organizationId, id, clock.now())) throw new Failure('ROLE_IN_USE');
        await store.remove(tx, actor.organizationId, id);
        await audit.record(tx, actor, {
          action: 'role.delete',
          resource: { type: 'role', id },
          before: shown(role),
        });
      });
    },

    /** Adds the system roles that are missing. @throws Failure ORGANIZATION_NOT_FOUND for any but the caller's own. */
    async seed(actor: Actor, id: string): Promise<void> {
      const { organizationId } = actor;
      assertOwn(actor, id);
      await inTransaction(db, async (tx) => {
        const before = await store.systemKeys(tx, organizationId);
        await seedRoles(tx, organizationId, clock.now());
        const added = (await store.systemKeys(tx, organizationId)).filter((key) => !before.includes(key));
        if (added.length === 0) return;
        await audit.record(tx, actor, {
          action: 'role.create',
          resource: { type: 'organization', id: organizationId },
          details: { systemRoles: added },
        });
      });
    },
  };
}
export type RoleService = ReturnType<typeof createRoleService>;

/** What the audit log shows of a role; a description is free text and stays out of it. */
function shown({ name, permissions }: RoleRow): Record<string, unknown> {
  return { name, permissions };
}

/** @throws Failure VALIDATION_ERROR that names every permission there is not. */
function knownPermissions(wanted: readonly string[]): Permission[] {
  const details = wanted
    .map((permission, index) => ({ permission, path: `/permissions/${index}` }))
    .filter(({ permission }) => !isPermission(permission))
    .map(({ permission, path }) => ({ path, problem: `there is no permission '${permission}'` }));
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
  return permissions.filter((permission) => wanted.includes(permission));
}

/** Names differ by more than case. */
function uniquelyNamed<Result>(work: () => Promise<Result>): Promise<Result> {
  return whenTaken('roles_by_name', 'ROLE_NAME_TAKEN', work);
}
