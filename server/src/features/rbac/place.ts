import { given } from '../../http/schema.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import type { GrantStore, Place } from './grants.store.ts';

/** Whether a place is the whole organisation. */
export const isEverywhere = ({ workspaceId, profileId }: Place): boolean =>
  workspaceId === null && profileId === null;

/** Whether a grant counts in just this place. */
export const inPlace =
  ({ workspaceId, profileId }: Place) =>
  (grant: { workspace_id: string | null; profile_id: string | null }): boolean =>
    grant.workspace_id === workspaceId && grant.profile_id === profileId;

/** The place a body names. */
export function placeOf(body: { workspaceId?: string | null; profileId?: string | null }): Place {
  return {
    workspaceId: given(body.workspaceId)?.toLowerCase() ?? null,
    profileId: given(body.profileId)?.toLowerCase() ?? null,
  };
}

/** The place a query names; an empty id is one nobody has, lest a blank field mean the whole organisation. */
export function placeAsked(query: { workspaceId?: string; profileId?: string }): Place {
  return {
    workspaceId: query.workspaceId?.toLowerCase() ?? null,
    profileId: query.profileId?.toLowerCase() ?? null,
  };
}

/**
 * The profile of a place, when it is one.
 * @throws Failure VALIDATION_ERROR for a place that names two things, WORKSPACE_NOT_FOUND or PROFILE_NOT_FOUND.
 */
export async function assertPlace(
  store: Pick<GrantStore, 'hasWorkspace' | 'profile'>,
  organizationId: string,
  { workspaceId, profileId }: Place,
  tx?: Tx,
): Promise<{ id: string; workspace_id: string } | undefined> {
  if (workspaceId !== null && profileId !== null) {
    const details = [
      { path: '/profileId', problem: 'a role counts in one workspace or for one profile, not both' },
    ];
    throw new Failure('VALIDATION_ERROR', { details });
  }
  if (workspaceId !== null) {
    const found = isUuid(workspaceId) && (await store.hasWorkspace(organizationId, workspaceId, tx));
    if (!found) throw new Failure('WORKSPACE_NOT_FOUND');
  }
  if (profileId === null) return undefined;
  const profile = isUuid(profileId) ? await store.profile(organizationId, profileId, tx) : undefined;
  if (!profile) throw new Failure('PROFILE_NOT_FOUND');
  return profile;
}
