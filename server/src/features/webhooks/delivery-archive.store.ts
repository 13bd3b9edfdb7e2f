import { type Selectable, sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { WebhookAttemptsTable, WebhookDeliveriesTable } from './webhooks.tables.ts';

export type DeliveryRow = Selectable<WebhookDeliveriesTable>;
export type AttemptRow = Selectable<WebhookAttemptsTable>;

/** Which deliveries a list shows: all that fit everything that is said. */
interface DeliveriesWanted {
  status?: string | undefined;
  /** Names of events, or prefixes of names. */
  events?: readonly string[] | undefined;
  statusCode?: number | undefined;
  messageId?: string | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
}

interface DeliveryStats {
  pending: number;
  oldest_pending_at: Date | null;
  attempts: number;
  succeeded: number;
  p50_ms: number | null;
  p95_ms: number | null;
  answers: { statusCode: number | null; count: number }[];
}

const statsAttemptsMax = 100_000;

export type DeliveryArchive = ReturnType<typeof createDeliveryArchive>;

/** Reads deliveries and their attempts for people, and deletes old ones. */
export function createDeliveryArchive(db: Db) {
  return {
    /** Newest first: of one webhook, or of all of the tenancy. Each webhook gives its newest, so none is read in vain. */
    async list(
      whose: Tenancy & { webhookId?: string | undefined },
      wanted: DeliveriesWanted,
      page: Pick<Slice, 'limit' | 'after'>,
    ): Promise<DeliveryRow[]> {
      const one = whose.webhookId === undefined ? sql`true` : sql`w.id = ${whose.webhookId}`;
      const { rows } = await sql<DeliveryRow>`
        select d.* from webhooks w cross join lateral (
          select * from webhook_deliveries
          where webhook_id = w.id and ${conditions(wanted)}
            and ${behind(page, { at: 'created_at', id: 'id' }, 'down')}
          order by created_at desc, id desc limit ${page.limit}
        ) d
        where ${one} and ${isRowOf(whose, 'w')}
        order by d.created_at desc, d.id desc limit ${page.limit}`.execute(db);
      return rows;
    },

    /** What came of the newest attempts since a moment, up to `statsAttemptsMax`, and what waits. */
    async stats(webhookId: string, since: Date) {
      const { rows } = await sql<DeliveryStats>`
        with recent as (
          select status_code, success, duration_ms from webhook_attempts
          where webhook_id = ${webhookId} and created_at >= ${since}
          order by created_at desc, id desc limit ${statsAttemptsMax}
        ), waiting as (
          select count(*) as pending, min(created_at) as oldest from webhook_deliveries
          where webhook_id = ${webhookId} and status = 'pending'
        )
        select waiting.pending, waiting.oldest as oldest_pending_at, count(recent.*) as attempts,
          count(*) filter (where recent.success) as succeeded,
          percentile_disc(0.5) within group (order by recent.duration_ms) as p50_ms,
          percentile_disc(0.95) within group (order by recent.duration_ms) as p95_ms,
          (select coalesce(json_agg(json_build_object('statusCode', status_code, 'count', n) order by n desc), '[]')
            from (select status_code, count(*) as n from recent group by 1) codes) as answers
        from waiting left join recent on true group by waiting.pending, waiting.oldest`.execute(db);
      return rows[0];
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

function conditions(wanted: DeliveriesWanted) {
  const { status, events, statusCode, messageId, from, until } = wanted;
  const named = events?.map((name) =>
    name.endsWith('.*') ? sql`starts_with(event_name, ${name.slice(0, -1)})` : sql`event_name = ${name}`,
  );
  const all = [
    ...(status === undefined ? [] : [sql`status = ${status}`]),
    ...(named?.length && !events?.includes('*') ? [sql`(${sql.join(named, sql` or `)})`] : []),
    ...(statusCode === undefined ? [] : [sql`last_status_code = ${statusCode}`]),
    ...(messageId === undefined ? [] : [sql`message_id = ${messageId}`]),
    ...(from ? [sql`created_at >= ${from}`] : []),
    ...(until ? [sql`created_at <= ${until}`] : []),
  ];
  return all.length > 0 ? sql.join(all, sql` and `) : sql`true`;
}
