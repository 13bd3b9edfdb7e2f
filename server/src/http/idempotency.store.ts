import { sql } from 'kysely';
import { dayMs, later } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/db/transaction.ts';

const keptMs = dayMs;
/** A claim without an answer for that long belongs to a request that died. */
const abandonedMs = 60_000;

/**
 * The caller of claims by servers before callers were told apart. Such a claim answers the same request only, whoever
 * repeats it; a day after the upgrade there are none.
 */
const anyone = '';

/** One use of a key: whose, for which request. */
export interface IdempotencyClaim {
  readonly organizationId: string;
  /** The person or API key that asks. */
  readonly caller: string;
  readonly key: string;
  readonly route: string;
  readonly bodyHash: Buffer;
}

/** Inserts the claim unless the key is taken; a lock that is busy means its first request is at work. */
export async function takeKey(tx: Tx | Db, claim: IdempotencyClaim, now: Date): Promise<boolean> {
  const { organizationId, caller, key, route, bodyHash } = claim;
  const abandonedAt = later(now, -abandonedMs);
  const { rows } = await sql`
    insert into idempotency_keys as mine
      (organization_id, caller, key, route, body_hash, created_at, expires_at)
    select ${organizationId}::uuid, ${caller}, ${key}, ${route}, ${bodyHash}::bytea, ${now}::timestamptz,
      ${later(now, keptMs)}::timestamptz
    where pg_try_advisory_xact_lock(hashtextextended(${`${organizationId} ${caller} ${key}`}, 1))
      and not exists (select 1 from idempotency_keys old
        where old.organization_id = ${organizationId} and old.caller = ${anyone} and old.key = ${key}
          and old.route = ${route} and old.body_hash = ${bodyHash} and old.expires_at > ${now}
          and (old.status_code is not null or old.created_at > ${abandonedAt}))
    on conflict (organization_id, caller, key) do update
      set route = excluded.route, body_hash = excluded.body_hash, status_code = null, body = null,
        created_at = excluded.created_at, expires_at = excluded.expires_at
      where mine.expires_at <= ${now} or (mine.status_code is null
        and mine.created_at <= ${abandonedAt} and mine.body_hash = excluded.body_hash)
    returning 1`.execute(tx);
  return rows.length > 0;
}

/** The request that has the key, with its answer when there is one. */
export async function usedKey(tx: Tx | Db, claim: IdempotencyClaim) {
  return tx
    .selectFrom('idempotency_keys')
    .select(['route', 'body_hash', 'status_code', 'body', 'expires_at'])
    .where('organization_id', '=', claim.organizationId)
    .where('caller', 'in', [claim.caller, anyone])
    .where('key', '=', claim.key)
    .orderBy('caller', 'desc')
    .executeTakeFirst();
}

export async function storeAnswer(
  tx: Tx | Db,
  claim: IdempotencyClaim,
  statusCode: number,
  body: unknown,
): Promise<void> {
  await tx
    .updateTable('idempotency_keys')
    .set({ status_code: statusCode, body: JSON.stringify(body) })
    .where('organization_id', '=', claim.organizationId)
    .where('caller', '=', claim.caller)
    .where('key', '=', claim.key)
    .execute();
}

/** Removes a claim that has no answer. */
export async function giveBack(tx: Tx | Db, claim: IdempotencyClaim): Promise<void> {
  await tx
    .deleteFrom('idempotency_keys')
    .where('organization_id', '=', claim.organizationId)
    .where('caller', '=', claim.caller)
    .where('key', '=', claim.key)
    .where('status_code', 'is', null)
    .execute();
}

/** Deletes what is kept no longer; answers how many. */
export async function purgeKeys(db: Db, now: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('idempotency_keys')
    .where('expires_at', '<=', now)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
