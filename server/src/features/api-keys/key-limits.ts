import type { Actor, Reach } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import { type Permission, permissions } from '../../platform/permissions.ts';
import { isAboutProfiles, isEverywhere, reachOf } from '../../platform/reach.ts';
import { permissionsOfScope, permissionsOfScopes } from '../access/index.ts';

/** @throws Failure VALIDATION_ERROR that names every scope there is not. */
export function assertKnown(scopes: readonly string[]): void {
  const details = scopes
    .map((scope, index) => ({ scope, path: `/permissions/${index}` }))
    .filter(({ scope }) => permissionsOfScope(scope) === undefined)
    .map(({ scope, path }) => ({ path, problem: `there is no permission '${scope}'` }));
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
}

/**
 * What a key may do is bounded by its owner at each use, everything of the owner's places included; so here it
 * is only asked whether the maker has each permission somewhere.
 * @throws Failure KEY_TOO_WIDE
 */
export function assertHeld(actor: Actor, scopes: readonly string[]): void {
  if (isEverything(scopes)) return;
  refuse([...permissionsOfScopes(scopes)].filter((permission) => !reachOf(actor, permission)));
}

/** A key stays as wide as it was made whatever its owner may do later, so one it makes may not say more than itself. */
export function assertWithinMaker(
  maker: { permissions: readonly string[]; expires_at: Date | null },
  scopes: readonly string[],
  expiresAt: Date | null,
): void {
  const own = permissionsOfScopes(maker.permissions);
  const wanted = isEverything(scopes) ? permissions : [...permissionsOfScopes(scopes)];
  refuse(wanted.filter((permission) => !own.has(permission)));
  const end = maker.expires_at;
  if (end && (!expiresAt || expiresAt > end)) {
    throw new Failure('KEY_TOO_WIDE', { says: 'A key cannot make a key that lives longer than itself.' });
  }
}

/** Every place where the caller has to do with profiles; undefined when nowhere. */
export function reachOfProfiles(actor: Actor): Reach | undefined {
  const reaches = permissions.filter(isAboutProfiles).flatMap((one) => reachOf(actor, one) ?? []);
  if (reaches.length === 0 || reaches.some(isEverywhere)) return reaches[0] && {};
  const places = reaches.flatMap(({ within }) => within ?? []);
  return {
    within: {
      workspaceIds: places.flatMap(({ workspaceIds }) => workspaceIds),
      profileIds: places.flatMap(({ profileIds }) => profileIds),
    },
  };
}

const isEverything = (scopes: readonly string[]) => scopes.length === 0 || scopes.includes('*');

function refuse(lacking: readonly Permission[]): void {
  if (lacking.length === 0) return;
  const details = lacking.map((permission) => ({ path: '/permissions', problem: `you lack ${permission}` }));
  throw new Failure('KEY_TOO_WIDE', { details });
}
