import { sql } from 'kysely';
import type { EngineName } from '../../engines/port.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/** A profile that this node owns: everything it writes for it carries the generation. */
export interface Lease {
  profileId: string;
  generation: number;
}

/** What the renewal of a lease tells. */
export interface Renewed {
  /** Whether the profile is still to be connected. */
  asWanted: boolean;
  /** The node that would like to have it. */
  askedBy: string | null;
}

/** A profile that is handed to another node waits so long for it; afterwards any node may take it. */
const handedSeconds = 5;

/** Ownership of profiles, on the database's clock alone, so that clocks of nodes may differ. */
export function createLeaseStore(db: Db, nodeId: string, leaseSeconds: number) {
  const expiry = sql<Date>`now() + make_interval(secs => ${leaseSeconds})`;
  return {
    /**
     * Takes what waits for an owner and is free, of these engines; with `takeOwn` also what is in this node's name
     * and not held: of an earlier process, or handed over. With `present`, what nodes hold that are gone is free.
     * Each taking raises the generation, which shuts out whoever held it before.
     */
    async acquire(options: {
      profileIds?: string[];
      takeOwn?: boolean;
      engines: EngineName[];
      limit?: number;
      present?: readonly string[] | undefined;
      /** Only what nobody has wanted for so long. */
      freeSeconds?: number;
    }): Promise<Lease[]> {
      const { takeOwn = false, present = null, freeSeconds = 0 } = options;
      const only = options.profileIds ? sql`and p.id = any(${options.profileIds}::uuid[])` : sql``;
      const limit = options.limit === undefined ? sql`` : sql`limit ${options.limit}`;
      const isGone = (node: string) => sql`not (${sql.ref(node)} = any(${present}::text[]))`;
      const taken = await sql<{ profile_id: string; generation: number }>`
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
      return taken.rows.map((row) => ({ profileId: row.profile_id, generation: row.generation }));
    },

    /** Renews what this node holds; answers what is still its own. */
    async renew(leases: Lease[]): Promise<Map<string, Renewed>> {
      if (leases.length === 0) return new Map();
      const kept = await sql<{ profile_id: string; as_wanted: boolean; asked_by: string | null }>`
        update profile_leases l set expires_at = ${expiry}
        from unnest(${leases.map((l) => l.profileId)}::uuid[], ${leases.map((l) => l.generation)}::bigint[])
          as mine (profile_id, generation)
        join profiles p on p.id = mine.profile_id
        where l.profile_id = mine.profile_id and l.generation = mine.generation and l.node_id = ${nodeId}
        returning l.profile_id, l.asked_by, p.wanted and not p.logout_asked as as_wanted`.execute(db);
      return new Map(
        kept.rows.map((row) => [row.profile_id, { asWanted: row.as_wanted, askedBy: row.asked_by }]),
      );
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

    /** Of these profiles the ones with something to send. */
    async withWork(profileIds: string[]): Promise<Set<string>> {
      const { rows } = await sql<{ id: string }>`select id from unnest(${profileIds}::uuid[]) as one (id)
        where exists (select from messages where profile_id = one.id and status in ('queued', 'sending'))`.execute(
        db,
      );
      return new Set(rows.map((row) => row.id));
    },

    /** How many profiles of these engines are wanted in all. */
    async countWanted(engines: EngineName[]): Promise<number> {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from profiles
        where (wanted or logout_asked) and engine = any(${engines}::text[])`.execute(db);
      return rows[0]?.n ?? 0;
    },

    /** How many profiles each of these nodes holds, and how many this one has asked for and waits for. */
    async shares(nodes: readonly string[]): Promise<{ nodeId: string; held: number; askedFor: number }[]> {
      const { rows } = await sql<{ node_id: string; held: number; asked_for: number }>`
        select one.id as node_id, count(l.profile_id)::int as held,
          (count(*) filter (where l.asked_by = ${nodeId}))::int as asked_for
        from unnest(${[...nodes]}::text[]) as one (id)
        left join profile_leases l on l.node_id = one.id and l.expires_at > now()
        group by one.id`.execute(db);
      return rows.map((row) => ({ nodeId: row.node_id, held: row.held, askedFor: row.asked_for }));
    },

    /** Asks another node for some of its profiles that are connected and wanted by nobody else. */
    async ask(of: string, limit: number, engines: EngineName[]): Promise<void> {
      await sql`update profile_leases l set asked_by = ${nodeId}
        from (select held.profile_id from profile_leases held join profiles p on p.id = held.profile_id
          where held.node_id = ${of} and held.expires_at > now() and held.asked_by is null
            and p.status = 'connected' and p.engine = any(${engines}::text[])
          order by held.profile_id limit ${limit} for update of held skip locked) as wished
        where l.profile_id = wished.profile_id`.execute(db);
    },

    /** Hands a profile over: it waits a moment for that node alone. False when it was not ours any more. */
    async handTo(lease: Lease, to: string): Promise<boolean> {
      const handed = await sql`update profile_leases set node_id = ${to}, generation = generation + 1,
          asked_by = null, expires_at = now() + make_interval(secs => ${handedSeconds})
        where profile_id = ${lease.profileId} and generation = ${lease.generation}`.execute(db);
      return Number(handed.numAffectedRows ?? 0) > 0;
    },

    /** Gives back whatever is in this node's name, also what is just being handed to it, and asks for nothing more. */
    async leave(): Promise<void> {
      await sql`update profile_leases set asked_by = nullif(asked_by, ${nodeId}),
          expires_at = case when node_id = ${nodeId} then least(expires_at, now()) else expires_at end
        where node_id = ${nodeId} or asked_by = ${nodeId}`.execute(db);
    },

    /** Keeps a profile that another node has asked for. */
    async decline(lease: Lease): Promise<void> {
      await sql`update profile_leases set asked_by = null
        where profile_id = ${lease.profileId} and generation = ${lease.generation}`.execute(db);
    },
  };
}

export type LeaseStore = ReturnType<typeof createLeaseStore>;
