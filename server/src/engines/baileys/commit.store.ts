import { type RawBuilder, sql } from 'kysely';
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
 * Writes everything or nothing, in one statement, and only while the lease still has our generation. The
 * lease row is locked, so a take-over either sees these writes or makes them fail.
 * @throws OwnershipLost when the lease has another generation or is gone.
 */
export async function commitChange(db: Db | Tx, change: Change): Promise<void> {
  const { profileId, generation } = change;
  const parts = [
    ...upsertedKeys(change),
    ...deletedKeys(change),
    ...journalled(change),
    ...settled(change),
    ...credentials(change),
  ];
  if (parts.length === 0) return;
  const statement = sql<{ owned: boolean }>`
    with lease as (
      select 1 from profile_leases where profile_id = ${profileId} and generation = ${generation} for share
    ), ${sql.join(parts, sql`, `)}
    select exists (select 1 from lease) as owned`;
  const { rows } = await statement.execute(db);
  if (!rows[0]?.owned) throw new OwnershipLost();
}

function upsertedKeys({ profileId, keys }: Change): RawBuilder<unknown>[] {
  if (keys.length === 0) return [];
  const types = keys.map((key) => key.type);
  const ids = keys.map((key) => key.id);
  const values = keys.map((key) => key.value);
  return [
    sql`kept as (
      insert into engine_keys (profile_id, type, id, value)
      select ${profileId}::uuid, new.type, new.id, new.value
      from unnest(${types}::text[], ${ids}::text[], ${values}::bytea[]) as new (type, id, value)
      where exists (select 1 from lease)
      on conflict (profile_id, type, id) do update set value = excluded.value
    )`,
  ];
}

function deletedKeys({ profileId, removedKeys }: Change): RawBuilder<unknown>[] {
  if (removedKeys.length === 0) return [];
  const types = removedKeys.map((key) => key.type);
  const ids = removedKeys.map((key) => key.id);
  return [
    sql`dropped as (
      delete from engine_keys as old using unnest(${types}::text[], ${ids}::text[]) as gone (type, id)
      where old.profile_id = ${profileId} and old.type = gone.type and old.id = gone.id
        and exists (select 1 from lease)
    )`,
  ];
}

function journalled({ profileId, journal, at }: Change): RawBuilder<unknown>[] {
  if (journal.length === 0) return [];
  const hashes = journal.map((row) => row.hash);
  const stanzas = journal.map((row) => row.stanzaId);
  const values = journal.map((row) => row.value);
  return [
    sql`noted as (
      insert into engine_journal (profile_id, hash, stanza_id, value, created_at)
      select ${profileId}::uuid, new.hash, new.stanza_id, new.value, ${at}::timestamptz
      from unnest(${hashes}::bytea[], ${stanzas}::text[], ${values}::bytea[]) as new (hash, stanza_id, value)
      where exists (select 1 from lease)
      on conflict (profile_id, hash) do nothing
    )`,
  ];
}

function settled({ profileId, settled: hashes }: Change): RawBuilder<unknown>[] {
  if (hashes.length === 0) return [];
  return [
    sql`settled as (
      delete from engine_journal where profile_id = ${profileId} and hash = any(${hashes}::bytea[])
        and exists (select 1 from lease)
    )`,
  ];
}

function credentials({ profileId, credentials: value, at }: Change): RawBuilder<unknown>[] {
  if (!value) return [];
  return [
    sql`login as (
      insert into engine_credentials (profile_id, value, updated_at)
      select ${profileId}::uuid, ${value}::bytea, ${at}::timestamptz where exists (select 1 from lease)
      on conflict (profile_id) do update set value = excluded.value, updated_at = excluded.updated_at
    )`,
  ];
}
