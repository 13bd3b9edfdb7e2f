import type { Insertable } from 'kysely';
import type { Tables } from '../../../platform/db/tables.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import { insertAccount } from '../../accounts/index.ts';
import { insertWorkspace } from '../../workspaces/index.ts';
import { insertUser } from '../user-changes.store.ts';
import type { UserRow } from '../users.store.ts';

export interface NewOwner {
  email: string;
  passwordHash: string;
  name: string;
  organizationName: string;
}

/** Adds an organisation with its system roles. */
export type InsertOrganization = (tx: Tx, row: Insertable<Tables['organizations']>) => Promise<void>;

/** Makes an organisation with a first workspace and account, and answers its owner. */
export function createNewOrganization(insertOrganization: InsertOrganization) {
  return async (tx: Tx, owner: NewOwner, now: Date): Promise<UserRow> => {
    const organizationId = newId();
    const workspaceId = newId();
    const name = owner.organizationName;
    const dates = { created_at: now, updated_at: now };
    await insertOrganization(tx, { id: organizationId, name, slug: slugOf(name), ...dates });
    const own = { organization_id: organizationId, ...dates };
    await insertWorkspace(tx, { id: workspaceId, name: 'Default', slug: 'default', ...own });
    await insertAccount(tx, { id: newId(), workspace_id: workspaceId, name: 'Default Account', ...own });
    return insertUser(tx, {
      id: newId(),
      email: owner.email,
      password_hash: owner.passwordHash,
      name: owner.name,
      role: 'owner',
      last_login_at: now,
      ...own,
    });
  };
}
export type NewOrganization = ReturnType<typeof createNewOrganization>;

/** The words of the name and a random end that makes the slug unique. */
function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${words || 'organization'}-${newId().slice(-8)}`;
}
