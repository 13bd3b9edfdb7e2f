import { sql } from 'kysely';
import type { EngineName } from '../../engines/port.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/** A profile that this node owns: everything it writes for it carries the generation. */
export interface Lease {
  profileId: string;
  generation: number;
}

/** Ownership of profiles, on the database's clock alone, so that clocks of nodes may differ. */
export function createLeaseStore(db: Db, nodeId: string, leaseSeconds: number) {
  const expiry = sql<Date>`now() + make_interval(secs => ${leaseSeconds})`;
  return {
    /**
     * Takes what waits for an owner and is free, of these engines; with `takeOwn` also what an earlier process
     * with this node's id still holds. Each taking raises the generation, which shuts out whoever held it before.
     */
    async acquire(options: {
      profileIds?: string[];
      takeOwn?: boolean;
      engines: EngineName[];
      limit?: number;
    }): Promise<Lease[]> {
      const only = options.profileIds ? sql`and p.id = any(${options.profileIds}::uuid[])` : sql``;
      const limit = options.limit === undefined ? sql`` : sql`limit ${options.limit}`;
      const takeOwn = options.takeOwn === true;
      const taken = await sql<{ profile_id: string; generation: number }>`
        insert into profile_leases as held (profile_id, node_id, generation, expires_at)
        select p.id, ${nodeId}, 1, ${expiry} from profiles p
        left join profile_leases l on l.profile_id = p.id
        where (p.wanted or p.logout_asked) and p.engine = any(${options.engines}::text[]) ${only}
          and (l.profile_id is null or l.expires_at < now() or (${takeOwn} and l.node_id = ${nodeId}))
        order by p.id ${limit}
        on conflict (profile_id) do update
          set node_id = excluded.node_id, generation = held.generation + 1, expires_at = excluded.expires_at
          where held.expires_at < now() or (${takeOwn} and held.node_id = ${nodeId})
        returning profile_id, generation`.execute(db);
      return taken.rows.map((row) => ({ profileId: row.profile_id, generation: row.generation }));
    },

    /** Renews what this node holds; answers what is still its own, and whether it is still to be connected. */
    async renew(leases: Lease[]): Promise<Map<string, boolean>> {
      if (leases.length === 0) return new Map();
      const kept = await sql<{ profile_id: string; as_wanted: boolean }>`
        update profile_leases l set expires_at = ${expiry}
        from unnest(${leases.map((l) => l.profileId)}::uuid[], ${leases.map((l) => l.generation)}::bigint[])
          as mine (profile_id, generation)
        join profiles p on p.id = mine.profile_id
        where l.profile_id = mine.profile_id and l.generation = mine.generation and l.node_id = ${nodeId}
        returning l.profile_id, p.wanted and not p.logout_asked as as_wanted`.execute(db);
      return new Map(kept.rows.map((row) => [row.profile_id, row.as_wanted]));
    },

    /** Whether the profile is still ours, and stays so until the transaction ends. */
    async isHeld(tx: Tx, lease: Lease): Promise<boolean> {
      const held = await sql`select 1 from profile_leases
        where profile_id = ${lease.profileId} and generation = ${lease.generation} for share`.execute(tx);
      return held.rows.length > 0;
    },

    /** Gives a profile back, so that another node need not wait for the lease to run out. */
    async release(lease: Lease): Promise<void> {
      await sql`update profile_leases set expires_at = now()
        where profile_id = ${lease.profileId} and generation = ${lease.generation}`.execute(db);
    },
  };
}

export type LeaseStore = ReturnType<typeof createLeaseStore>;
