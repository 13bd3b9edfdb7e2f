import { type Selectable, sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import type { WebhookAttemptsTable, WebhookDeliveriesTable } from './webhooks.tables.ts';

export type DeliveryRow = Selectable<WebhookDeliveriesTable>;
export type AttemptRow = Selectable<WebhookAttemptsTable>;

export type DeliveryArchive = ReturnType<typeof createDeliveryArchive>;

/** Reads deliveries and their attempts for people, and deletes old ones. */
export function createDeliveryArchive(db: Db) {
  return {
    /** Newest first. */
    list(
      webhookId: string,
      status: string | undefined,
      page: Pick<Slice, 'limit' | 'after'>,
    ): Promise<DeliveryRow[]> {
      return db
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .$if(status !== undefined, (query) => query.where('status', '=', status ?? ''))
        .where(behind(page, { at: 'created_at', id: 'id' }, 'down'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .execute();
    },

    find(webhookId: string, id: string): Promise<DeliveryRow | undefined> {
      return db
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .where('id', '=', id)
        .executeTakeFirst();
    },

    attemptsOf(deliveryId: string): Promise<AttemptRow[]> {
      return db
        .selectFrom('webhook_attempts')
        .selectAll()
        .where('delivery_id', '=', deliveryId)
        .orderBy('created_at')
        .orderBy('id')
        .limit(200)
        .execute();
    },

    /** Attempts of a webhook, newest first, each with its event and body. */
    async log(webhookId: string, page: { limit: number; offset: number }) {
      const rows = await db
        .selectFrom('webhook_attempts')
        .innerJoin('webhook_deliveries', 'webhook_deliveries.id', 'webhook_attempts.delivery_id')
        .selectAll('webhook_attempts')
        .select(['webhook_deliveries.event_name', 'webhook_deliveries.event_id', 'webhook_deliveries.body'])
        .where('webhook_attempts.webhook_id', '=', webhookId)
        .orderBy('webhook_attempts.created_at', 'desc')
        .orderBy('webhook_attempts.id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
      const count = await db
        .selectFrom('webhook_attempts')
        .select(({ fn }) => fn.countAll<number>().as('total'))
        .where('webhook_id', '=', webhookId)
        .executeTakeFirstOrThrow();
      return { rows, total: count.total };
    },

    /** Removes up to `limit` deliveries that were created before a moment; returns how many. */
    async purge(before: Date, limit: number): Promise<number> {
      const { numAffectedRows } = await sql`delete from webhook_deliveries where id in (
        select id from webhook_deliveries
        where created_at < ${before} and (claimed_until is null or claimed_until <= now())
        order by created_at limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0);
    },
  };
}
