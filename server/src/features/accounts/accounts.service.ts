import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import { presentWorkspace, type WorkspaceRow, type WorkspaceStore } from '../workspaces/index.ts';
import type { AccountChange, NewAccount } from './accounts.schema.ts';
import type { AccountRow, AccountStore } from './accounts.store.ts';

export function createAccountService(deps: {
  store: AccountStore;
  workspaces: Pick<WorkspaceStore, 'list' | 'get'>;
  clock: Clock;
}) {
  const { store, workspaces, clock } = deps;

  async function workspaceFor(organizationId: string, wanted: string | undefined): Promise<WorkspaceRow> {
    if (wanted !== undefined && !isUuid(wanted)) throw new Failure('WORKSPACE_NOT_FOUND');
    const found =
      wanted === undefined
        ? (await workspaces.list(organizationId))[0]
        : await workspaces.get(organizationId, wanted);
    if (!found) throw new Failure('WORKSPACE_NOT_FOUND');
    return found;
  }

  return {
    async list({ organizationId }: Actor) {
      const [rows, own] = await Promise.all([store.list(organizationId), workspaces.list(organizationId)]);
      return rows.flatMap((row) => {
        const workspace = own.find(({ id }) => id === row.workspace_id);
        return workspace ? [{ ...present(row), workspace: presentWorkspace(workspace) }] : [];
      });
    },
    /** @throws Failure ACCOUNT_NOT_FOUND */
    async get({ organizationId }: Actor, id: string) {
      const row = await store.get(organizationId, id);
      const workspace = row && (await workspaces.get(organizationId, row.workspace_id));
      if (!workspace) throw new Failure('ACCOUNT_NOT_FOUND');
      return { ...present(row), workspace: presentWorkspace(workspace) };
    },
    /** @throws Failure WORKSPACE_NOT_FOUND */
    async create({ organizationId }: Actor, body: NewAccount) {
      const workspace = await workspaceFor(organizationId, given(body.workspaceId));
      const now = clock.now();
      const row = await store.insert({
        id: newId(),
        organization_id: organizationId,
        workspace_id: workspace.id,
        name: given(body.name) ?? 'New Account',
        description: given(body.description) ?? null,
        settings: given(body.settings) ?? {},
        created_at: now,
        updated_at: now,
      });
      return present(row);
    },
    /** @throws Failure ACCOUNT_NOT_FOUND */
    async update({ organizationId }: Actor, id: string, body: AccountChange) {
      const { name, description, settings } = body;
      const row = await store.update(organizationId, id, {
        ...(name && { name }),
        ...(description !== undefined && description !== '' && { description }),
        ...(settings && { settings }),
        updated_at: clock.now(),
      });
      if (!row) throw new Failure('ACCOUNT_NOT_FOUND');
      return present(row);
    },
    /** @throws Failure ACCOUNT_NOT_FOUND */
    async remove({ organizationId }: Actor, id: string) {
      const row = await store.update(organizationId, id, { status: 'DELETED', updated_at: clock.now() });
      if (!row) throw new Failure('ACCOUNT_NOT_FOUND');
      return present(row);
    },
  };
}
export type AccountService = ReturnType<typeof createAccountService>;

function present(row: AccountRow) {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    name: row.name,
    description: row.description,
    settings: row.settings,
    status: row.status as 'ACTIVE' | 'DELETED',
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
