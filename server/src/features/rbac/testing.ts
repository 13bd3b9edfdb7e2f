import { randomUUID } from 'node:crypto';
import type { Owner, TestDoor } from '../../../test/door.ts';

/** Somebody else in the owner's organisation, signed in. */
export async function colleague(door: TestDoor, owner: Owner, role = 'member'): Promise<Owner> {
  const person = await door.register('Ben');
  const { organizationId } = owner.user;
  await door.house.database.db
    .updateTable('users')
    .set({ organization_id: organizationId, role })
    .where('id', '=', person.user.id)
    .execute();
  door.clock.advance(1);
  return { ...person, user: { ...person.user, organizationId } };
}

/** The id of a system role of the owner's organisation. */
export async function systemRole(door: TestDoor, owner: Owner, key: string): Promise<string> {
  const { id } = await door.house.database.db
    .selectFrom('roles')
    .select('id')
    .where('organization_id', '=', owner.user.organizationId)
    .where('system_key', '=', key)
    .executeTakeFirstOrThrow();
  return id;
}

/** A profile in a workspace of its own, both without any routes. */
export async function place(
  door: TestDoor,
  owner: Owner,
): Promise<{ workspaceId: string; profileId: string }> {
  const workspaceId = randomUUID();
  const profileId = randomUUID();
  const { organizationId } = owner.user;
  const dates = { created_at: door.clock.now(), updated_at: door.clock.now() };
  const { db } = door.house.database;
  await db
    .insertInto('workspaces')
    .values({ id: workspaceId, organization_id: organizationId, name: 'Branch', slug: workspaceId, ...dates })
    .execute();
  await db
    .insertInto('profiles')
    .values({
      id: profileId,
      organization_id: organizationId,
      workspace_id: workspaceId,
      display_name: 'Branch phone',
      engine: 'sandbox',
      message_delay_ms: 0,
      ...dates,
    })
    .execute();
  return { workspaceId, profileId };
}

/** What the audit log says of one thing and roles, newest last. */
export function auditOf(door: TestDoor, resourceId: string) {
  return door.house.database.db
    .selectFrom('audit_logs')
    .select(['action', 'user_id', 'organization_id', 'ip_address', 'metadata'])
    .where('resource_id', '=', resourceId)
    .where('action', 'like', 'role.%')
    .orderBy('occurred_at')
    .orderBy('id')
    .execute();
}
