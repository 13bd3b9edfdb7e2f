import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { behind, type Slice } from '../../../platform/slice.ts';
import type { Unclaimed } from '../new-deliveries.ts';
import type { WebhookReplaysTable } from '../webhooks.tables.ts';

export type ReplayRow = Selectable<WebhookReplaysTable>;
export type ReplayStore = ReturnType<typeof createReplayStore>;

/** Replays and the deliveries that they make. */
export function createReplayStore(db: Db) {
  return {
    /** Undefined while another one of the webhook runs. */
    insert: (tx: Tx, row: Insertable<WebhookReplaysTable>): Promise<ReplayRow | undefined> =>
      tx
        .insertInto('webhook_replays')
        .values(row)
        .onConflict((conflict) => conflict.column('webhook_id').where('status', '=', 'running').doNothing())
        .returningAll()
        .executeTakeFirst(),

    find: (webhookId: string, id: string): Promise<ReplayRow | undefined> =>
      db
        .selectFrom('webhook_replays')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .where('id', '=', id)
        .executeTakeFirst(),

    /** Newest first. */
    list: (webhookId: string, page: Slice): Promise<ReplayRow[]> =>
      db
        .selectFrom('webhook_replays')
        .selectAll()
        .where('webhook_id', '=', webhookId)
        .where(behind(page, { at: 'created_at', id: 'id' }, 'down'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .execute(),

    running: (id: string): Promise<ReplayRow | undefined> =>
      db
        .selectFrom('webhook_replays')
        .selectAll()
        .where('id', '=', id)
        .where('status', '=', 'running')
        .executeTakeFirst(),

    /** Holds a running one that stands where it is expected; its webhook first, as a deletion does. */
    async hold(tx: Tx, { id, webhook_id: webhookId, position }: ReplayRow): Promise<boolean> {
      await sql`select from webhooks where id = ${webhookId} for key share`.execute(tx);
      const held = await tx
        .selectFrom('webhook_replays')
        .select('id')
        .where('id', '=', id)
        .where('status', '=', 'running')
        .where('position', '=', position)
        .forUpdate()
        .executeTakeFirst();
      return held !== undefined;
    },

    update: (tx: Tx, id: string, values: Updateable<WebhookReplaysTable>): Promise<ReplayRow | undefined> =>
      tx
        .updateTable('webhook_replays')
        .set(values)
        .where('id', '=', id)
        .where('status', '=', 'running')
        .returningAll()
        .executeTakeFirst(),

    /**
     * Makes events due again, those that were delivered only where all are wanted; none of an event that is gone. What
     * waits already is left to its time. Answers how many are due now.
     */
    async deliver(tx: Tx, rows: readonly Unclaimed[], onlyMissing: boolean): Promise<number> {
      const column = <Name extends keyof Unclaimed>(name: Name) => rows.map((row) => row[name]);
      const again = onlyMissing ? ['failed'] : ['failed', 'delivered'];
      const { numAffectedRows } = await sql`
        insert into webhook_deliveries as old (id, webhook_id, event_id, event_name, sequence, body, due_at, created_at,
          message_id, order_key)
        select d.id, d.webhook_id, d.event_id, d.event_name, d.sequence, d.body, d.due, d.due, d.message, d.order_key
        from unnest(${column('id')}::uuid[], ${column('webhookId')}::uuid[], ${column('eventId')}::uuid[],
            ${column('eventName')}::text[], ${column('sequence')}::bigint[], ${column('body')}::text[],
            ${column('due')}::timestamptz[], ${column('messageId')}::text[], ${column('orderKey')}::text[])
          as d (id, webhook_id, event_id, event_name, sequence, body, due, message, order_key)
        join (select id from events where id = any(${column('eventId')}::uuid[]) for key share) e on e.id = d.event_id
        order by d.sequence
        on conflict (webhook_id, event_id) do update set status = 'pending', attempts = 0, due_at = excluded.due_at,
          claimed_until = null, finished_at = null, last_error = null
          where old.status = any(${again}::text[])`.execute(tx);
      return Number(numAffectedRows ?? 0);
    },

    /** Where an event of the organisation stands in the log. */
    async positionOf(organizationId: string, eventId: string): Promise<number | undefined> {
      const row = await db
        .selectFrom('events')
        .select('position')
        .where('id', '=', eventId)
        .where('organization_id', '=', organizationId)
        .executeTakeFirst();
      return row?.position ?? undefined;
    },
  };
}
