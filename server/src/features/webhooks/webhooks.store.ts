import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventFacts } from '../../platform/events/facts.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import { chooser } from './filters.ts';
import type { WebhooksTable } from './webhooks.tables.ts';

export type WebhookRow = Selectable<WebhooksTable>;
export type ListedWebhook = WebhookRow & { display_name: string | null };
export interface Subscription {
  id: string;
  organizationId: string;
  /** Null: events of every profile of the organisation, and of none. */
  profileId: string | null;
  events: string[];
  /** Permissions its maker lacked. */
  notHearing: string[];
  /** Whether it chooses an event; absent: it chooses all. */
  chooses?: (facts: EventFacts) => boolean;
  ordered: boolean;
}

export type WebhookStore = ReturnType<typeof createWebhookStore>;

export function createWebhookStore(db: Db) {
  return {
    async list(
      tenancy: Tenancy,
      filter: { profileId?: string | undefined; limit: number; offset: number },
    ): Promise<ListedWebhook[]> {
      return db
        .selectFrom('webhooks')
        .leftJoin('profiles', 'profiles.id', 'webhooks.profile_id')
        .selectAll('webhooks')
        .select('profiles.display_name')
        .where(isRowOf(tenancy, 'webhooks'))
        .$if(filter.profileId !== undefined, (query) =>
          query.where('webhooks.profile_id', '=', filter.profileId ?? ''),
        )
        .orderBy('webhooks.created_at', 'desc')
        .orderBy('webhooks.id')
        .limit(filter.limit)
        .offset(filter.offset)
        .execute();
    },

    find(tenancy: Tenancy, id: string, tx: Db | Tx = db): Promise<WebhookRow | undefined> {
      return tx
        .selectFrom('webhooks')
        .selectAll()
        .where(isRowOf(tenancy, 'webhooks'))
        .where('id', '=', id)
        .executeTakeFirst();
    },

    insert(tx: Tx, row: Insertable<WebhooksTable>): Promise<WebhookRow> {
      return tx.insertInto('webhooks').values(row).returningAll().executeTakeFirstOrThrow();
    },

    update(
      tx: Tx,
      tenancy: Tenancy,
      id: string,
      change: Updateable<WebhooksTable>,
    ): Promise<WebhookRow | undefined> {
      return tx
        .updateTable('webhooks')
        .set(change)
        .where(isRowOf(tenancy, 'webhooks'))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
    },

    async remove(tx: Tx, tenancy: Tenancy, id: string): Promise<boolean> {
      const { numDeletedRows } = await tx
        .deleteFrom('webhooks')
        .where(isRowOf(tenancy, 'webhooks'))
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** The enabled webhooks of these organisations. */
    async subscriptions(tx: Db | Tx, organizationIds: string[]): Promise<Subscription[]> {
      const rows = await tx
        .selectFrom('webhooks')
        .select(subscriptionColumns)
        .where('enabled', '=', true)
        .where('organization_id', 'in', organizationIds)
        .execute();
      return rows.map(subscriptionOf);
    },

    /** One of them; undefined when it is switched off. */
    async subscription(tx: Db | Tx, id: string): Promise<Subscription | undefined> {
      const row = await tx
        .selectFrom('webhooks')
        .select(subscriptionColumns)
        .where('enabled', '=', true)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && subscriptionOf(row);
    },

    /** Switches the webhook off; undefined when it was off already, so that only one failed attempt records the event. */
    disable(tx: Tx, id: string, reason: string, now: Date): Promise<WebhookRow | undefined> {
      return tx
        .updateTable('webhooks')
        .set({ enabled: false, disabled_reason: reason, updated_at: now })
        .where('id', '=', id)
        .where('enabled', '=', true)
        .returningAll()
        .executeTakeFirst();
    },
  };
}

const subscriptionColumns = [
  'id',
  'organization_id',
  'profile_id',
  'events',
  'not_hearing',
  'filters',
  'ordered',
] as const;

function subscriptionOf(row: Pick<WebhookRow, (typeof subscriptionColumns)[number]>): Subscription {
  return {
    id: row.id,
    organizationId: row.organization_id,
    profileId: row.profile_id,
    events: row.events,
    notHearing: row.not_hearing,
    ...(row.filters && { chooses: chooser(row.filters) }),
    ordered: row.ordered,
  };
}
