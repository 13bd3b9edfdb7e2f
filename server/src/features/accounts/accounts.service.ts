import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditAction } from '../../platform/audit/actions.ts';
import { type AuditEntry, type AuditLog, differences } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import type { Slice } from '../../platform/slice.ts';
import { presentWorkspace, type WorkspaceRow } from '../workspaces/index.ts';
import type { AccountChange, NewAccount } from './accounts.schema.ts';
import type { AccountRow, AccountStore } from './accounts.store.ts';

export function createAccountService(deps: { db: Db; store: AccountStore; clock: Clock; audit: AuditLog }) {
  const { db, store, clock } = deps;

  async function workspaceFor(actor: Actor, wanted: string | undefined): Promise<WorkspaceRow> {
    const isPossible = wanted === undefined || isUuid(wanted);
    const found = isPossible ? await store.workspaceFor(actor, wanted) : undefined;
    if (!found) throw new Failure('WORKSPACE_NOT_FOUND');
    return found;
  }

  async function withWorkspaces(actor: Actor, rows: AccountRow[]) {
    const workspaces = await store.workspacesOf(actor, rows);
    return rows.flatMap((row) => {
      const workspace = workspaces.get(row.workspace_id);
      return workspace ? [{ ...present(row), workspace: presentWorkspace(workspace) }] : [];
    });
  }

  async function locked(actor: Actor, id: string, tx: Tx): Promise<AccountRow> {
    const row = await store.lock(actor, id, tx);
    if (!row) throw new Failure('ACCOUNT_NOT_FOUND');
    return row;
  }

  function noted(tx: Tx, actor: Actor, action: AuditAction, id: string, more: Partial<AuditEntry> = {}) {
    return deps.audit.record(tx, actor, { ...more, action, resource: { type: 'account', id } });
  }

  return {
    async list(actor: Actor, page: Slice) {
      return withWorkspaces(actor, await store.list(actor, page));
    },
    /** @throws Failure ACCOUNT_NOT_FOUND */
    async get(actor: Actor, id: string) {
      const row = await store.get(actor, id);
      const [account] = row ? await withWorkspaces(actor, [row]) : [];
      if (!account) throw new Failure('ACCOUNT_NOT_FOUND');
      return account;
    },
    /** @throws Failure WORKSPACE_NOT_FOUND */
    async create(actor: Actor, body: NewAccount) {
      const workspace = await workspaceFor(actor, given(body.workspaceId));
      const now = clock.now();
      const row = {
        id: newId(),
        organization_id: actor.organizationId,
        workspace_id: workspace.id,
        name: given(body.name) ?? 'New Account',
        description: given(body.description) ?? null,
        settings: given(body.settings) ?? {},
        created_at: now,
        updated_at: now,
      };
      return inTransaction(db, async (tx) => {
        const account = await store.insert(tx, row);
        await noted(tx, actor, 'account.create', row.id, { after: { workspaceId: workspace.id } });
        return present(account);
      });
    },
    /** @throws Failure ACCOUNT_NOT_FOUND */
    async update(actor: Actor, id: string, body: AccountChange) {
      const { name, description, settings } = body;
      return inTransaction(db, async (tx) => {
        const before = await locked(actor, id, tx);
        const after = await store.update(tx, actor, id, {
          ...(name && { name }),
          ...(description !== undefined && description !== '' && { description }),
          ...(settings && { settings }),
          updated_at: clock.now(),
        });
        await noted(tx, actor, 'account.update', id, { details: { fields: changedFields(before, after) } });
        return present(after);
      });
    },
    /** @throws Failure ACCOUNT_NOT_FOUND */
    async remove(actor: Actor, id: string) {
      return inTransaction(db, async (tx) => {
        await locked(actor, id, tx);
        const row = await store.update(tx, actor, id, { status: 'DELETED', updated_at: clock.now() });
        await noted(tx, actor, 'account.delete', id);
        return present(row);
      });
    },
  };
}
export type AccountService = ReturnType<typeof createAccountService>;

/** Everything of an account is written by people, so the audit log names the fields only. */
function changedFields(before: AccountRow, after: AccountRow): string[] {
  const { updatedAt: _, ...fields } = differences(present(before), present(after)).after;
  return Object.keys(fields);
}

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
