import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/** What a send needs to know of its profile. */
export interface Sender {
  id: string;
  workspaceId: string;
  organizationId: string;
  engine: string;
  phone: string | null;
  /** The profile's, else the organisation's. */
  defaultCountry: string | null;
  /** Kinds of origins whose messages keep to the sending policy of the profile, as campaigns do. */
  judged: readonly string[];
}

export async function findSender(
  db: Db | Tx,
  organizationId: string,
  profileId: string,
): Promise<Sender | undefined> {
  const row = await db
    .selectFrom('profiles')
    .innerJoin('organizations', 'organizations.id', 'profiles.organization_id')
    .select(['profiles.id', 'profiles.organization_id', 'profiles.workspace_id', 'engine', 'phone_number'])
    .select((row) =>
      row.fn.coalesce('profiles.default_country', 'organizations.default_country').as('default_country'),
    )
    .select(
      sql<string[] | null>`(select rules -> 'also' from sending_policies where profile_id = profiles.id)`.as(
        'judged',
      ),
    )
    .where('profiles.id', '=', profileId)
    .where('profiles.organization_id', '=', organizationId)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      workspaceId: row.workspace_id,
      organizationId: row.organization_id,
      engine: row.engine,
      phone: row.phone_number,
      defaultCountry: row.default_country,
      judged: row.judged ?? [],
    }
  );
}

/** Whether some node has a connection of the profile. */
export async function isConnected(db: Db, profileId: string): Promise<boolean> {
  const row = await db.selectFrom('profiles').select('status').where('id', '=', profileId).executeTakeFirst();
  return row?.status === 'connected';
}
