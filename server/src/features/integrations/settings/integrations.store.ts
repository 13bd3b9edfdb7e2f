import { type Insertable, type Selectable, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { oldestOrganization } from '../../../platform/oldest-organization.store.ts';
import type { IntegrationsTable } from '../integrations.tables.ts';

export const kinds = ['chatwoot', 'typebot'] as const;
export type Kind = (typeof kinds)[number];
export type IntegrationRow = Selectable<IntegrationsTable>;

/** How the calls of an integration go, and how many tasks wait for it. */
export interface IntegrationState {
  failing_since: Date | null;
  failures: number;
  last_error: string | null;
  last_success_at: Date | null;
  waiting: number;
}

/** What organisations have set for integrations, and how those go. */
export function createIntegrationStore(db: Db) {
  return {
    find(organizationId: string, kind: Kind, tx: Db | Tx = db): Promise<IntegrationRow | undefined> {
      return tx
        .selectFrom('integrations')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('kind', '=', kind)
        .executeTakeFirst();
    },

    ofOrganizations(organizationIds: readonly string[], from: Db | Tx = db): Promise<IntegrationRow[]> {
      return from
        .selectFrom('integrations')
        .selectAll()
        .where('organization_id', 'in', [...organizationIds])
        .execute();
    },

    async put(tx: Tx, row: Insertable<IntegrationsTable>): Promise<void> {
      const { settings, secrets, enabled, updated_at } = row;
      await tx
        .insertInto('integrations')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['organization_id', 'kind']).doUpdateSet({
            ...{ settings, secrets, enabled, updated_at },
          }),
        )
        .execute();
    },

    async remove(tx: Tx, organizationId: string, kind: Kind): Promise<void> {
      await tx
        .deleteFrom('integrations')
        .where('organization_id', '=', organizationId)
        .where('kind', '=', kind)
        .execute();
    },

    oldest: (from: Db | Tx = db) => oldestOrganization(from),

    async state(organizationId: string, kind: Kind): Promise<IntegrationState> {
      const { rows } = await sql<IntegrationState>`
        select s.failing_since, coalesce(s.failures, 0) as failures, s.last_error, s.last_success_at,
          (select count(*)::int from (select from integration_tasks
            where organization_id = ${organizationId} and kind = ${kind} limit 10000) as few) as waiting
        from (select 1) as one
        left join integration_states s on s.organization_id = ${organizationId} and s.kind = ${kind}`.execute(
        db,
      );
      return rows[0] as IntegrationState;
    },

    async succeeded(organizationId: string, kind: Kind, now: Date): Promise<void> {
      await sql`
        insert into integration_states (organization_id, kind, last_success_at) values (${organizationId}, ${kind}, ${now})
        on conflict (organization_id, kind) do update
          set failing_since = null, failures = 0, last_error = null, last_success_at = excluded.last_success_at
          where integration_states.failing_since is not null
            or integration_states.last_success_at is null
            or integration_states.last_success_at < ${now}::timestamptz - interval '1 minute'`.execute(db);
    },

    async failed(organizationId: string, kind: Kind, error: string, now: Date): Promise<void> {
      await sql`
        insert into integration_states (organization_id, kind, failing_since, failures, last_error)
        values (${organizationId}, ${kind}, ${now}, 1, ${error})
        on conflict (organization_id, kind) do update
          set failing_since = coalesce(integration_states.failing_since, excluded.failing_since),
            failures = least(integration_states.failures + 1, 1000), last_error = excluded.last_error`.execute(
        db,
      );
    },

    async forgetState(tx: Tx, organizationId: string, kind: Kind): Promise<void> {
      await tx
        .deleteFrom('integration_states')
        .where('organization_id', '=', organizationId)
        .where('kind', '=', kind)
        .execute();
    },

    /** Runs the work in a transaction. */
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type IntegrationStore = ReturnType<typeof createIntegrationStore>;
