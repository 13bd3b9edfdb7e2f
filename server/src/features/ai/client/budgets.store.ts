import { type RawBuilder, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';

export interface Amount {
  readonly tokens: number;
  readonly cost: number;
}

/** What may be used in a scope; null: as much as one likes. */
export interface ScopeLimit {
  readonly scope: string;
  readonly tokens: number | null;
  readonly cost: number | null;
}

export interface CallRow {
  id: string;
  organizationId: string;
  profileId: string | null;
  conversationId: string | null;
  purpose: string;
  model: string;
  tokensIn: number;
  tokensOut: number;
  estimated: boolean;
  ms: number;
  outcome: string;
  cost: number;
  at: Date;
  /** YYYY-MM-DD, UTC. */
  day: string;
}

const batch = 500;
const fits = (before: RawBuilder<unknown>, more: number, limit: number | null) =>
  limit === null ? sql`true` : sql`${before} + ${more} <= ${limit}`;

/** What is set aside for calls under way, what was used, and each call. */
export function createBudgetStore(db: Db) {
  return {
    /**
     * Sets aside in all scopes or in none; scopes come in a fixed order. One conditional statement for each: of many at once
     * only those that fit go through.
     */
    async reserve(
      of: { id: string; organizationId: string; now: Date },
      limits: readonly ScopeLimit[],
      amount: Amount,
    ): Promise<{ full: string } | undefined> {
      const { tokens, cost } = amount;
      return inTransaction(db, async (tx) => {
        for (const limit of limits) {
          const taken = await sql`
            insert into ai_budgets as b (organization_id, scope, tokens, cost, reserved_tokens, reserved_cost, updated_at)
            select ${of.organizationId}, ${limit.scope}, 0, 0, ${tokens}, ${cost}, ${of.now}
            where ${fits(sql`0::bigint`, tokens, limit.tokens)} and ${fits(sql`0::float8`, cost, limit.cost)}
            on conflict (organization_id, scope) do update set
              reserved_tokens = b.reserved_tokens + excluded.reserved_tokens,
              reserved_cost = b.reserved_cost + excluded.reserved_cost, updated_at = excluded.updated_at
            where ${fits(sql`b.tokens + b.reserved_tokens`, tokens, limit.tokens)}
              and ${fits(sql`b.cost + b.reserved_cost`, cost, limit.cost)}
            returning scope`.execute(tx);
          if (taken.rows.length === 0) throw new Full(limit.scope);
        }
        await tx
          .insertInto('ai_reservations')
          .values({
            ...{ id: of.id, organization_id: of.organizationId, scopes: limits.map(({ scope }) => scope) },
            ...{ tokens, cost, made_at: of.now },
          })
          .execute();
        return undefined;
      }).catch((error: unknown) => {
        if (error instanceof Full) return { full: error.scope };
        throw error;
      });
    },

    /**
     * Writes down how a call went, and gives back what was set aside for it. Answers what was used of each scope before and
     * after.
     */
    async settle(
      tx: Tx,
      call: CallRow,
      scopes: readonly string[],
    ): Promise<{ scope: string; before: Amount; after: Amount }[]> {
      const reserved = await tx
        .deleteFrom('ai_reservations')
        .where('id', '=', call.id)
        .returning(['tokens', 'cost'])
        .executeTakeFirst();
      const used = { tokens: call.tokensIn + call.tokensOut, cost: call.cost };
      const changes: { scope: string; before: Amount; after: Amount }[] = [];
      for (const scope of scopes) {
        const after = await tx
          .updateTable('ai_budgets')
          .set({
            tokens: sql`tokens + ${used.tokens}`,
            cost: sql`cost + ${used.cost}`,
            reserved_tokens: sql`greatest(0, reserved_tokens - ${reserved?.tokens ?? 0})`,
            reserved_cost: sql`greatest(0, reserved_cost - ${reserved?.cost ?? 0})`,
            updated_at: call.at,
          })
          .where('organization_id', '=', call.organizationId)
          .where('scope', '=', scope)
          .returning(['tokens', 'cost'])
          .executeTakeFirst();
        if (!after) continue;
        const before = { tokens: after.tokens - used.tokens, cost: after.cost - used.cost };
        changes.push({ scope, before, after });
      }
      const failed = call.outcome === 'ok' ? 0 : 1;
      await sql`
        insert into ai_usage as u (organization_id, profile_id, day, purpose, model, calls, failed, estimated,
          tokens_in, tokens_out, cost)
        select id, ${call.profileId}::uuid, ${call.day}::date, ${call.purpose}, ${call.model}, 1, ${failed}::int,
          ${call.estimated ? 1 : 0}::int, ${call.tokensIn}::bigint, ${call.tokensOut}::bigint, ${call.cost}::float8
        from organizations where id = ${call.organizationId}
        on conflict on constraint ai_usage_once do update set
          calls = u.calls + 1, failed = u.failed + excluded.failed, estimated = u.estimated + excluded.estimated,
          tokens_in = u.tokens_in + excluded.tokens_in, tokens_out = u.tokens_out + excluded.tokens_out,
          cost = u.cost + excluded.cost`.execute(tx);
      // What it was about may have gone meanwhile.
      await sql`
        insert into ai_calls (id, organization_id, profile_id, conversation_id, purpose, model, tokens_in, tokens_out,
          estimated, ms, outcome, at)
        select ${call.id}, id, (select id from profiles where id = ${call.profileId}),
          (select id from conversations where id = ${call.conversationId}), ${call.purpose}, ${call.model},
          ${call.tokensIn}, ${call.tokensOut}, ${call.estimated}, ${call.ms}, ${call.outcome}, ${call.at}
        from organizations where id = ${call.organizationId}`.execute(tx);
      return changes;
    },

    /** Gives back what was set aside by processes that died; answers how many reservations. */
    async sweep(before: Date, now: Date): Promise<number> {
      return inTransaction(db, async (tx) => {
        const rows = await tx
          .deleteFrom('ai_reservations')
          .where('id', 'in', (query) =>
            query
              .selectFrom('ai_reservations')
              .select('id')
              .where('made_at', '<', before)
              .orderBy('made_at')
              .limit(batch)
              .forUpdate()
              .skipLocked(),
          )
          .returning(['organization_id', 'scopes', 'tokens', 'cost'])
          .execute();
        const freed = new Map<
          string,
          { organizationId: string; scope: string; tokens: number; cost: number }
        >();
        for (const { organization_id: organizationId, scopes, tokens, cost } of rows) {
          for (const scope of scopes) {
            const one = freed.get(`${organizationId} ${scope}`);
            const sum = { tokens: tokens + (one?.tokens ?? 0), cost: cost + (one?.cost ?? 0) };
            freed.set(`${organizationId} ${scope}`, { organizationId, scope, ...sum });
          }
        }
        // In the order in which calls lock them.
        for (const [, { organizationId, scope, tokens, cost }] of [...freed].toSorted(([a], [b]) =>
          a < b ? -1 : 1,
        )) {
          await tx
            .updateTable('ai_budgets')
            .set({
              reserved_tokens: sql`greatest(0, reserved_tokens - ${tokens})`,
              reserved_cost: sql`greatest(0, reserved_cost - ${cost})`,
              updated_at: now,
            })
            .where('organization_id', '=', organizationId)
            .where('scope', '=', scope)
            .execute();
        }
        return rows.length;
      });
    },

    /** Deletes calls and budgets from before; answers how many, at most a batch of each. */
    async purge(calls: Date, budgets: Date): Promise<number> {
      const old = await sql`delete from ai_calls where id in
        (select id from ai_calls where at < ${calls} order by at limit ${batch})`.execute(db);
      const past = await sql`delete from ai_budgets where (organization_id, scope) in
        (select organization_id, scope from ai_budgets where updated_at < ${budgets} and reserved_tokens = 0
          order by updated_at limit ${batch})`.execute(db);
      return Math.max(Number(old.numAffectedRows), Number(past.numAffectedRows));
    },

    /** What was used of a scope. */
    async usedOf(organizationId: string, scope: string): Promise<Amount> {
      const row = await db
        .selectFrom('ai_budgets')
        .select(['tokens', 'cost'])
        .where('organization_id', '=', organizationId)
        .where('scope', '=', scope)
        .executeTakeFirst();
      return row ?? { tokens: 0, cost: 0 };
    },

    /** The largest part of a limit of this scope that an organisation has used; 0 when nobody has one. */
    async fullest(scope: string): Promise<number> {
      const { rows } = await sql<{ ratio: number | null }>`
        select max(greatest(b.tokens / nullif((p.settings->>'monthlyTokens')::float8, 0),
          b.cost / nullif((p.settings->>'monthlyCost')::float8, 0)))::float8 as ratio
        from ai_providers p join ai_budgets b on b.organization_id = p.organization_id
        where b.scope = ${scope}`.execute(db);
      return rows[0]?.ratio ?? 0;
    },

    /** How the last call went. */
    async lastCall(organizationId: string): Promise<{ outcome: string; at: Date } | undefined> {
      return db
        .selectFrom('ai_calls')
        .select(['outcome', 'at'])
        .where('organization_id', '=', organizationId)
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
    },

    /** Usage of days, summed over profiles, or of one; newest first. */
    async usage(
      organizationId: string,
      of: { from: string; to: string; profileId?: string | undefined },
    ): Promise<UsageRow[]> {
      const { rows } = await sql<UsageRow>`
        select to_char(day, 'YYYY-MM-DD') as day, purpose, model, sum(calls)::int as calls, sum(failed)::int as failed,
          sum(estimated)::int as estimated, sum(tokens_in)::bigint as "tokensIn", sum(tokens_out)::bigint as "tokensOut",
          sum(cost)::float8 as cost
        from ai_usage
        where organization_id = ${organizationId} and day between ${of.from}::date and ${of.to}::date
          and ${of.profileId ? sql`profile_id = ${of.profileId}` : sql`true`}
        group by day, purpose, model order by day desc, purpose, model limit 5000`.execute(db);
      return rows;
    },

    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export interface UsageRow {
  day: string;
  purpose: string;
  model: string;
  calls: number;
  failed: number;
  estimated: number;
  tokensIn: number;
  tokensOut: number;
  cost: number;
}

export type BudgetStore = ReturnType<typeof createBudgetStore>;

/** Rolls back what was set aside in other scopes. */
class Full extends Error {
  readonly scope: string;
  constructor(scope: string) {
    super(scope);
    this.scope = scope;
  }
}
