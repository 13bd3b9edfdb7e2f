import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';

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
     * Takes what is wanted and free, at most `limit`; with `takeOwn` also what an earlier process with this
     * node's id still holds. Each taking raises the generation, which shuts out whoever held it before.
     */
    async acquire(options: { profileIds?: string[]; takeOwn?: boolean; limit: number }): Promise<Lease[]> {
      const only = options.profileIds ? sql`and p.id = any(${options.profileIds}::uuid[])` : sql``;
      const own = options.takeOwn ? sql`or profile_leases.node_id = ${nodeId}` : sql``;
      const taken = await sql<{ profile_id: string; generation: number }>`
        insert into profile_leases (profile_id, node_id, generation, expires_at)
        select p.id, ${nodeId}, 1, ${expiry} from profiles p
        left join profile_leases l on l.profile_id = p.id
        where p.wanted ${only}
          and (l.profile_id is null or l.expires_at < now() ${options.takeOwn ? sql`or l.node_id = ${nodeId}` : sql``})
        order by p.id limit ${options.limit}
        on conflict (profile_id) do update
          set node_id = excluded.node_id, generation = profile_leases.generation + 1, expires_at = excluded.expires_at
          where profile_leases.expires_at < now() ${own}
        returning profile_id, generation`.execute(db);
      return taken.rows.map((row) => ({ profileId: row.profile_id, generation: row.generation }));
    },

    /** Renews what this node holds; answers the profiles that are still its own. */
    async renew(leases: Lease[]): Promise<Set<string>> {
      if (leases.length === 0) return new Set();
      const kept = await sql<{ profile_id: string }>`
        update profile_leases l set expires_at = ${expiry}
        from unnest(${leases.map((l) => l.profileId)}::uuid[], ${leases.map((l) => l.generation)}::bigint[])
          as mine (profile_id, generation)
        where l.profile_id = mine.profile_id and l.generation = mine.generation and l.node_id = ${nodeId}
        returning l.profile_id`.execute(db);
      return new Set(kept.rows.map((row) => row.profile_id));
    },

    /** Gives a profile back, so that another node need not wait for the lease to run out. */
    async release(lease: Lease): Promise<void> {
      await sql`update profile_leases set expires_at = now()
        where profile_id = ${lease.profileId} and generation = ${lease.generation}`.execute(db);
    },
  };
}

export type LeaseStore = ReturnType<typeof createLeaseStore>;
