import type { Actor } from '../../../platform/actor.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { isUuid } from '../../../platform/ids.ts';
import { reaches, reachOf } from '../../../platform/reach.ts';
import { grantsOf, rightsOf } from '../../access/index.ts';

/** A member of the organisation, and whether they may read the messages of the profile; undefined for nobody of it. */
export async function memberFor(
  tx: Tx,
  { organizationId, profileId }: { organizationId: string; profileId: string },
  userId: string,
): Promise<{ mayRead: boolean; name: string } | undefined> {
  if (!isUuid(userId)) return undefined;
  const person = await tx
    .selectFrom('users')
    .select(['id', 'name', 'role', 'is_active'])
    .select(grantsOf('users.id').as('grants'))
    .where('organization_id', '=', organizationId)
    .where('id', '=', userId)
    .executeTakeFirst();
  if (!person) return undefined;
  const profile = await tx
    .selectFrom('profiles')
    .select(['id', 'workspace_id'])
    .where('id', '=', profileId)
    .executeTakeFirstOrThrow();
  const actor: Actor = { kind: 'user', userId, organizationId, role: person.role, ...rightsOf(person) };
  const reach = reachOf(actor, 'message:read');
  const isReached = reach && reaches(reach, { id: profile.id, workspaceId: profile.workspace_id });
  return { mayRead: person.is_active && isReached === true, name: person.name };
}
