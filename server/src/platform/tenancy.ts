import { type RawBuilder, sql } from 'kysely';
import type { Actor } from './actor.ts';
import { isEverywhere, profileIdInReach, profileInReach } from './reach.ts';

/**
 * The rows that a query may see: those of one organisation within the reach of the caller. An {@link Actor} fits.
 * Without a reach it is the whole organisation, and adds no condition.
 */
export type Tenancy = Pick<Actor, 'organizationId' | 'reach'>;

/** SQL that is true for profiles of the tenancy; `profile` is the table of profiles or its alias. */
export function isProfileOf({ organizationId, reach }: Tenancy, profile = 'profiles'): RawBuilder<boolean> {
  const own = sql<boolean>`${sql.ref(`${profile}.organization_id`)} = ${organizationId}`;
  return isEverywhere(reach) ? own : sql`(${own} and ${profileInReach(reach, profile)})`;
}

/** SQL that is true for rows of the tenancy in a table with `organization_id` and `profile_id`; rows without a profile are visible to whole organisations only. */
export function isRowOf({ organizationId, reach }: Tenancy, table: string): RawBuilder<boolean> {
  const own = sql<boolean>`${sql.ref(`${table}.organization_id`)} = ${organizationId}`;
  return isEverywhere(reach) ? own : sql`(${own} and ${profileIdInReach(reach, `${table}.profile_id`)})`;
}
