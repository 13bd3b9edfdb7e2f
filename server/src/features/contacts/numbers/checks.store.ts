import { sql } from 'kysely';
import type { Db } from '../../../platform/db/transaction.ts';
import type { Whose } from '../whose.ts';

/** What WhatsApp said of a number; `address` is the number under which it has an account, null when it has none. */
export interface NumberCheck {
  phone: string;
  address: string | null;
  checked_at: Date;
}

/** Answers since a moment: those without an account are believed for a shorter time. */
export async function knownChecks(
  db: Db,
  profileId: string,
  phones: readonly string[],
  since: { found: Date; missing: Date },
): Promise<Map<string, NumberCheck>> {
  const { rows } = await sql<NumberCheck>`select phone, address, checked_at from number_checks
    where profile_id = ${profileId} and phone = any(${[...phones]}::text[])
      and checked_at > case when address is null then ${since.missing}::timestamptz else ${since.found}::timestamptz end`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.phone, row]));
}

/** How many numbers WhatsApp was asked about for a profile since a moment, on whichever node. */
export async function askedSince(db: Db, profileId: string, since: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from number_checks
    where profile_id = ${profileId} and checked_at > ${since}`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function keepChecks(
  db: Db,
  { organizationId, profileId }: Whose,
  checks: readonly NumberCheck[],
): Promise<void> {
  await sql`insert into number_checks (organization_id, profile_id, phone, address, checked_at)
    select ${organizationId}, p.id, c.phone, c.address, c.checked_at
    from unnest(${checks.map(({ phone }) => phone)}::text[], ${checks.map(({ address }) => address)}::text[],
      ${checks.map(({ checked_at }) => checked_at)}::timestamptz[]) as c (phone, address, checked_at)
    join profiles p on p.id = ${profileId}
    order by c.phone
    on conflict (profile_id, phone) do update
      set address = excluded.address, checked_at = excluded.checked_at`.execute(db);
}

/** Forgets what is believed no longer; answers how many. */
export async function purgeChecks(db: Db, before: Date): Promise<number> {
  const { numAffectedRows = 0n } = await sql`delete from number_checks
    where checked_at <= ${before}`.execute(db);
  return Number(numAffectedRows);
}
