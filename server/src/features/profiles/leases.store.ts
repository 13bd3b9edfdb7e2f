import { sql } from 'kysely';
import type { EngineName } from '../../engines/port.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/** A profile that this node owns; every write for the profile carries the generation. */
export interface Lease {
  profileId: string;
  generation: number;
}

/** The answer to the renewal of a lease. */
export interface Renewed {
  /** Whether the profile is still to be connected. */
  asWanted: boolean;
  /** The node that has asked for it. */
  askedBy: string | null;
}

/** A profile that is handed over is reserved for its new node so long; afterwards any node may take it. */
const handedSeconds = 5;

/** Whether the lease is still ours; it then stays so until the transaction ends. */
export async function isHeld(tx: Tx, lease: Lease): Promise<boolean> {
  const { rows } = await sql`select 1 from profile_leases
    where profile_id = ${lease.profileId} and generation = ${lease.generation} for share`.execute(tx);
  return rows.length > 0;
}

/** Ownership of profiles, on the database's clock alone, so that clocks of nodes may differ. */
export function createLeaseStore(db: Db, nodeId: string, leaseSeconds: number) {
  const expiry = sql<Date>`now() + make_interval(secs => ${leaseSeconds})`;
  return {
    /**
     * Takes free profiles of these engines that are to be connected; with `takeOwn` also those leased to this node's
     * id: by an earlier process, or handed over. With `present`, profiles of nodes that are gone are free.
     * Each time the generation rises, which shuts out the earlier owner.
     */
    async acquire(options: {
      profileIds?: string[];
      takeOwn?: boolean;
      engines: EngineName[];
      limit?: number;
      present?: readonly string[] | undefined;
      /** Only profiles that have been without an owner for so long. */
      freeSeconds?: number;
    }): Promise<Lease[]> {
      const { takeOwn = false, present = null, freeSeconds = 0 } = options;
      const only = options.profileIds ? sql`and p.id = any(${options.profileIds}::uuid[])` : sql``;
      const limit = options.limit === undefined ? sql`` : sql`limit ${options.limit}`;
      const isGone = (node: string) => sql`not (${sql.ref(node)} = any(${present}::text[]))`;
      const { rows } = await sql<{ profile_id: string; generation: number }>`
        insert into profile_leases as held (profile_id, node_id, generation, expires_at)
        select p.id, ${nodeId}, 1, ${expiry} from profiles p
        left join profile_leases l on l.profile_id = p.id
        where (p.wanted or p.logout_asked) and p.engine = any(${options.engines}::text[]) ${only}
          and (l.profile_id is null or l.expires_at < now() - make_interval(secs => ${freeSeconds})
            or ${isGone('l.node_id')} or (${takeOwn} and l.node_id = ${nodeId}))
        order by p.id ${limit}
        on conflict (profile_id) do update set node_id = excluded.node_id, generation = held.generation + 1,
            expires_at = excluded.expires_at, asked_by = null
          where held.expires_at < now() or ${isGone('held.node_id')}
            or (${takeOwn} and held.node_id = ${nodeId})
        returning profile_id, generation`.execute(db);
      return rows.map((row) => ({ profileId: row.profile_id, generation: row.generation }));
    },

    /** Renews leases; answers those that still belong to this node. */
    async renew(leases: Lease[]): Promise<Map<string, Renewed>> {
      if (leases.length === 0) return new Map();
      const { rows } = await sql<{ profile_id: string; as_wanted: boolean; asked_by: string | null }>`
        with own as materialized (
          select held.profile_id from profile_leases held
          join unnest(${leases.map((l) => l.profileId)}::uuid[], ${leases.map((l) => l.generation)}::bigint[])
            as known (profile_id, generation) using (profile_id, generation)
          where held.node_id = ${nodeId}
          order by held.profile_id for no key update of held
        )
        update profile_leases l set expires_at = ${expiry}
        from own join profiles p on p.id = own.profile_id
        where l.profile_id = own.profile_id
        returning l.profile_id, l.asked_by, p.wanted and not p.logout_asked as as_wanted`.execute(db);
      return new Map(rows.map((row) => [row.profile_id, { asWanted: row.as_wanted, askedBy: row.asked_by }]));
    },

    isHeld,

    /** Ends the lease, so that another node need not wait for it to run out. */
    async release(lease: Lease): Promise<void> {
      await sql`update profile_leases set expires_at = now()
        where profile_id = ${lease.profileId} and generation = ${lease.generation}`.execute(db);
    },

    /** Those of the profiles that have messages to send. */
    async withWork(profileIds: string[]): Promise<Set<string>> {
      const { rows } = await sql<{ id: string }>`select id from unnest(${profileIds}::uuid[]) as one (id)
        where exists (select from outbox where profile_id = one.id and due_at is null)`.execute(db);
      return new Set(rows.map((row) => row.id));
    },

    /** How many profiles of these engines are wanted in all. */
    async countWanted(engines: EngineName[]): Promise<number> {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from profiles
        where (wanted or logout_asked) and engine = any(${engines}::text[])`.execute(db);
      return rows[0]?.n ?? 0;
    },

    /** How many profiles each of these nodes holds, and how many of them this node has asked for. */
    async shares(nodes: readonly string[]): Promise<{ nodeId: string; held: number; askedFor: number }[]> {
      const { rows } = await sql<{ node_id: string; held: number; asked_for: number }>`
        select one.id as node_id, count(l.profile_id)::int as held,
          (count(*) filter (where l.asked_by = ${nodeId}))::int as asked_for
        from unnest(${[...nodes]}::text[]) as one (id)
        left join profile_leases l on l.node_id = one.id and l.expires_at > now()
        group by one.id`.execute(db);
      return rows.map((row) => ({ nodeId: row.node_id, held: row.held, askedFor: row.asked_for }));
    },

    /** Asks another node for some of its connected profiles that no other node has asked for. */
    async ask(of: string, limit: number, engines: EngineName[]): Promise<void> {
      await sql`update profile_leases l set asked_by = ${nodeId}
        from (select held.profile_id from profile_leases held join profiles p on p.id = held.profile_id
          where held.node_id = ${of} and held.expires_at > now() and held.asked_by is null
            and p.status = 'connected' and p.engine = any(${engines}::text[])
          order by held.profile_id limit ${limit} for update of held skip locked) as wished
        where l.profile_id = wished.profile_id`.execute(db);
    },

    /** Hands a profile over and reserves it for that node. False when the lease was no longer ours. */
    async handTo(lease: Lease, to: string): Promise<boolean> {
      const { numAffectedRows = 0n } =
        await sql`update profile_leases set node_id = ${to}, generation = generation + 1,
          asked_by = null, expires_at = now() + make_interval(secs => ${handedSeconds})
        where profile_id = ${lease.profileId} and generation = ${lease.generation}`.execute(db);
      return numAffectedRows > 0n;
    },

    /** Ends all leases of this node, those just handed to it too, and withdraws its requests. */
    async leave(): Promise<void> {
      await sql`with own as materialized (
          select profile_id from profile_leases where node_id = ${nodeId} or asked_by = ${nodeId}
          order by profile_id for no key update
        )
        update profile_leases l set asked_by = nullif(asked_by, ${nodeId}),
          expires_at = case when node_id = ${nodeId} then least(expires_at, now()) else expires_at end
        from own where l.profile_id = own.profile_id`.execute(db);
    },

    /** Refuses another node's request for a profile. */
    async decline(lease: Lease): Promise<void> {
      await sql`update profile_leases set asked_by = null
        where profile_id = ${lease.profileId} and generation = ${lease.generation}`.execute(db);
    },
  };
}

export type LeaseStore = ReturnType<typeof createLeaseStore>;
