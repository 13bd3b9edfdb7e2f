import { sql } from 'kysely';
import { batched } from '../../platform/concurrency/batched.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/** The rows that one commit writes and removes; their values are sealed. */
export interface Change {
  profileId: string;
  /** The lease generation under which we own the profile. */
  generation: number;
  at: Date;
  keys: { type: string; id: string; value: Buffer }[];
  removedKeys: { type: string; id: string }[];
  journal: { hash: Buffer; stanzaId: string; value: Buffer }[];
  settled: Buffer[];
  credentials?: Buffer;
}

/** Another node owns the profile now; nothing was written. */
export class OwnershipLost extends Error {
  constructor() {
    super('Another node has taken over this profile.');
    this.name = 'OwnershipLost';
  }
}

/**
 * Writes everything of a change or nothing, and only while its lease still has our generation.
 * @throws OwnershipLost when the lease has another generation or is gone.
 */
export type Commit = (change: Change) => Promise<void>;

/** Changes of so many profiles share a statement, and so many statements run at once. */
const profilesMax = 40;
const statementsMax = 3;

/**
 * Commits changes of many profiles together: those that come in the same turn, or while others are being written,
 * share one statement, in which each profile has its own lease. When a shared one fails, each is written by itself, so
 * that it fails for its own data only. Of one profile no two changes may be under way.
 */
export function createCommit(db: Db): Commit {
  async function write(changes: Change[]): Promise<boolean[]> {
    const owned = await commitChanges(db, changes);
    return changes.map(({ profileId }) => owned.has(profileId));
  }
  async function writeShared(changes: Change[]): Promise<(boolean | undefined)[]> {
    if (changes.length === 1) return write(changes);
    return write(changes).catch(() => changes.map(() => undefined));
  }
  const shared = batched(writeShared, { max: profilesMax, atOnce: statementsMax, aTurnLater: true });
  return async (change) => {
    const isOurs = (await shared(change)) ?? (await write([change]))[0];
    if (!isOurs) throw new OwnershipLost();
  };
}

/** Writes a change in the transaction of somebody else. @throws OwnershipLost */
export async function commitWithin(tx: Tx, change: Change): Promise<void> {
  const owned = await commitChanges(tx, [change]);
  if (!owned.has(change.profileId)) throw new OwnershipLost();
}

/**
 * One statement with always the same text; answers whose leases are ours. The lease rows are locked, the smaller id
 * first, so a take-over either sees these writes or makes them fail.
 */
async function commitChanges(db: Db | Tx, changes: readonly Change[]): Promise<Set<string>> {
  const each = <Row>(rowsOf: (change: Change) => readonly Row[]) =>
    changes.flatMap((change) => rowsOf(change).map((row) => ({ ...change, row })));
  const keys = each((change) => change.keys);
  const removed = each((change) => change.removedKeys);
  const journal = each((change) => change.journal);
  const settled = each((change) => change.settled);
  const logins = each(({ credentials }) => (credentials ? [credentials] : []));
  const whose = (rows: readonly { profileId: string }[]) => rows.map(({ profileId }) => profileId);
  const { rows } = await sql<{ profile_id: string }>`
    with lease as materialized (
      select l.profile_id from profile_leases l
      join unnest(${whose(changes)}::uuid[], ${changes.map(({ generation }) => generation)}::bigint[])
        as own (profile_id, generation) on own.profile_id = l.profile_id and own.generation = l.generation
      order by l.profile_id for share of l
    ), kept as (
      insert into engine_keys (profile_id, type, id, value)
      select profile_id, new.type, new.id, new.value
      from unnest(${whose(keys)}::uuid[], ${keys.map(({ row }) => row.type)}::text[],
        ${keys.map(({ row }) => row.id)}::text[], ${keys.map(({ row }) => row.value)}::bytea[])
        as new (profile_id, type, id, value) join lease using (profile_id)
      on conflict (profile_id, type, id) do update set value = excluded.value
    ), dropped as (
      delete from engine_keys as old
      using unnest(${whose(removed)}::uuid[], ${removed.map(({ row }) => row.type)}::text[],
        ${removed.map(({ row }) => row.id)}::text[]) as gone (profile_id, type, id) join lease using (profile_id)
      where old.profile_id = gone.profile_id and old.type = gone.type and old.id = gone.id
    ), noted as (
      insert into engine_journal (profile_id, hash, stanza_id, value, created_at)
      select profile_id, new.hash, new.stanza_id, new.value, new.at
      from unnest(${whose(journal)}::uuid[], ${journal.map(({ row }) => row.hash)}::bytea[],
        ${journal.map(({ row }) => row.stanzaId)}::text[], ${journal.map(({ row }) => row.value)}::bytea[],
        ${journal.map(({ at }) => at)}::timestamptz[]) as new (profile_id, hash, stanza_id, value, at)
        join lease using (profile_id)
      on conflict (profile_id, hash) do nothing
    ), settled as (
      delete from engine_journal as old
      using unnest(${whose(settled)}::uuid[], ${settled.map(({ row }) => row)}::bytea[]) as done (profile_id, hash)
        join lease using (profile_id)
      where old.profile_id = done.profile_id and old.hash = done.hash
    ), logins as (
      insert into engine_credentials (profile_id, value, updated_at)
      select profile_id, new.value, new.at
      from unnest(${whose(logins)}::uuid[], ${logins.map(({ row }) => row)}::bytea[],
        ${logins.map(({ at }) => at)}::timestamptz[]) as new (profile_id, value, at) join lease using (profile_id)
      on conflict (profile_id) do update set value = excluded.value, updated_at = excluded.updated_at
    )
    select profile_id from lease`.execute(db);
  return new Set(rows.map(({ profile_id }) => profile_id));
}
