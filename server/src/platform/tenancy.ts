import { type RawBuilder, sql } from 'kysely';
import type { Actor } from './actor.ts';
import type { Db, Tx } from './db/transaction.ts';
import { Failure } from './failures.ts';
import { isUuid } from './ids.ts';
import { isEverywhere, profileIdInReach, profileInReach } from './reach.ts';

/**
 * Whose rows a query may see: those of one organisation, and of these the ones within the reach of whoever
 * asks. An {@link Actor} fits. Without a reach it is the whole organisation, and costs nothing.
 */
export type Tenancy = Pick<Actor, 'organizationId' | 'reach'>;

/** SQL that is true for profiles of the tenancy; `profile` is the table of profiles or its alias. */
export function isProfileOf({ organizationId, reach }: Tenancy, profile = 'profiles'): RawBuilder<boolean> {
  const own = sql<boolean>`${sql.ref(`${profile}.organization_id`)} = ${organizationId}`;
  return isEverywhere(reach) ? own : sql`(${own} and ${profileInReach(reach, profile)})`;
}

/** SQL that is true for rows of the tenancy in a table with `organization_id` and `profile_id`; rows of no profile are of whole organisations only. */
export function isRowOf({ organizationId, reach }: Tenancy, table: string): RawBuilder<boolean> {
  const own = sql<boolean>`${sql.ref(`${table}.organization_id`)} = ${organizationId}`;
  return isEverywhere(reach) ? own : sql`(${own} and ${profileIdInReach(reach, `${table}.profile_id`)})`;
}

/** Whether the profile is one of the tenancy; a malformed id is an unknown one. */
export async function knowsProfile(db: Db | Tx, tenancy: Tenancy, id: string): Promise<boolean> {
  return isUuid(id) && (await knownProfiles(db, tenancy, [id])).length > 0;
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

/** Of these profiles the ones of the tenancy. */
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
