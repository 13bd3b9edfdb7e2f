import type { Db, Tx } from './db/transaction.ts';
import { Failure } from './failures.ts';
import { isUuid } from './ids.ts';
import { isProfileOf, type Tenancy } from './tenancy.ts';

/** Whether the profile is one of the tenancy; a malformed id is an unknown one. */
export async function knowsProfile(db: Db | Tx, tenancy: Tenancy, id: string): Promise<boolean> {
  return isUuid(id) && (await knownProfiles(db, tenancy, [id])).length > 0;
}

/** Those of the profiles that are of the tenancy. */
export async function knownProfiles(
  db: Db | Tx,
  tenancy: Tenancy,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('profiles')
    .select('id')
    .where(isProfileOf(tenancy))
    .where('id', 'in', [...ids])
    .execute();
  return rows.map((row) => row.id);
}

/**
 * The profile that a request names, if it names one.
 * @throws Failure PROFILE_NOT_FOUND for one that is not of the tenancy.
 */
export async function profileOf<Id extends string | undefined>(
  db: Db | Tx,
  tenancy: Tenancy,
  id: Id,
): Promise<Id> {
  if (id !== undefined && !(await knowsProfile(db, tenancy, id))) throw new Failure('PROFILE_NOT_FOUND');
  return id;
}

/**
 * The same of several profiles, in one statement.
 * @throws Failure PROFILE_NOT_FOUND when one of them is not of the tenancy.
 */
export async function allProfilesOf(db: Db | Tx, tenancy: Tenancy, ids: readonly string[]): Promise<void> {
  const known = ids.every(isUuid) ? await knownProfiles(db, tenancy, ids) : [];
  if (known.length < new Set(ids.map((id) => id.toLowerCase())).size) throw new Failure('PROFILE_NOT_FOUND');
}

/** All profiles of the tenancy, in the order of their ids. */
export async function profilesOf(db: Db | Tx, tenancy: Tenancy): Promise<string[]> {
  const rows = await db
    .selectFrom('profiles')
    .select('id')
    .where(isProfileOf(tenancy))
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Whether the profile is there; it stays until the transaction ends. */
export async function holdProfile(tx: Tx, organizationId: string, profileId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('profiles')
    .select('id')
    .where('id', '=', profileId)
    .where('organization_id', '=', organizationId)
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}
