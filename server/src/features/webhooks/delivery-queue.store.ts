import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { WorkAtOnce } from '../../platform/feature.ts';
import { insertAttempts, lockWebhooks, type Settled } from './attempts.sql.ts';
import type { Claim } from './claim.ts';
import type { DeliveryRow } from './delivery-archive.store.ts';

export interface NewDelivery {
  id: string;
  webhookId: string;
  eventId: string;
  eventName: string;
  sequence: number;
  body: string;
  due: Date;
  messageId: string | null;
  orderKey: string | null;
  /** This node attempts it at once. */
  claim: boolean;
}

/** What an attempt needs of the delivery `d`. */
const claimedDelivery = sql`d.id, d.webhook_id, d.event_id, d.event_name, d.order_key, d.sequence, d.body,
  d.attempts + 1 as attempt, d.due_at`;

/** What an attempt needs of the webhook `w`. */
const claimedWebhook = sql`w.organization_id, w.url, w.headers, w.secret, w.previous_secret,
  w.previous_secret_until, w.batch_max`;

/** Whether the delivery `one` of the webhook `w` waits for no other: where order was asked for, the one before goes first. */
const isFirst = sql`(one.order_key is null or not exists (
  select from webhook_deliveries before where before.webhook_id = w.id and before.status = 'pending'
    and before.order_key = one.order_key and before.sequence < one.sequence))`;

/** The name of the reader that turns events into deliveries. */
export const fanOutReader = 'webhooks';

/** How long a claim lasts without renewal: then the deliveries of a frozen process are attempted again. */
export const claimSeconds = 12;

export type DeliveryQueue = ReturnType<typeof createDeliveryQueue>;

/** Pending deliveries: claims, and the outcomes of attempts. */
export function createDeliveryQueue(db: Db) {
  return {
    /**
     * Inserts deliveries together with the step of the reader that makes them, those that name it claimed by this node;
     * none of an event or a webhook that is gone: with a profile its events are deleted, which the lock waits for.
     */
    inserting(rows: readonly NewDelivery[], nodeId: string): Pick<WorkAtOnce, 'insert' | 'made'> {
      const column = <Name extends keyof NewDelivery>(name: Name) => rows.map((row) => row[name]);
      const isClaimed = sql`d.claim and w.enabled`;
      return {
        insert: sql`
          insert into webhook_deliveries (id, webhook_id, event_id, event_name, sequence, body, due_at, created_at,
            message_id, order_key, claimed_until, claimed_by)
          select d.id, d.webhook_id, d.event_id, d.event_name, d.sequence, d.body, d.due, d.due, d.message, d.order_key,
            case when ${isClaimed} then now() + make_interval(secs => ${claimSeconds}) end,
            case when ${isClaimed} then ${nodeId} end
          from at_cursor, unnest(${column('id')}::uuid[], ${column('webhookId')}::uuid[], ${column('eventId')}::uuid[],
              ${column('eventName')}::text[], ${column('sequence')}::bigint[], ${column('body')}::text[],
              ${column('due')}::timestamptz[], ${column('messageId')}::text[], ${column('orderKey')}::text[],
              ${column('claim')}::boolean[])
            as d (id, webhook_id, event_id, event_name, sequence, body, due, message, order_key, claim)
          join (select id from events where id = any(${column('eventId')}::uuid[]) for key share) e on e.id = d.event_id
          join webhooks w on w.id = d.webhook_id
          order by d.sequence
          on conflict (webhook_id, event_id) do nothing
          returning *`,
        made: sql`
          select ${claimedDelivery}, ${claimedWebhook}
          from work d join webhooks w on w.id = d.webhook_id where d.claimed_by is not null`,
      };
    },

    /**
     * Claims due deliveries: of each enabled webhook the oldest, up to `perEndpoint` together with those already
     * `held`, so that the backlog of one endpoint does not delay another. `only` narrows it to some webhooks. The plan is
     * kept, so it must be right for any backlog: the second limit is there for the planner, which can't compute the first.
     */
    async claim(options: {
      now: Date;
      perEndpoint: number;
      held: ReadonlyMap<string, number>;
      only?: readonly string[] | undefined;
      /** The node that claims. */
      nodeId: string;
      /** The nodes that are present, if known: claims of other nodes are free. */
      present?: readonly string[] | undefined;
      /** Also takes claims of an earlier process of this node. */
      takeOwn?: boolean;
    }): Promise<Claim[]> {
      const { nodeId, present = null, takeOwn = false } = options;
      const heldIds = [...options.held.keys()];
      const heldCounts = [...options.held.values()];
      // The planner guesses at least ten webhooks from a list, which mostly names one.
      const [first, ...others] = options.only ?? [];
      const isNamed =
        others.length > 0
          ? sql`w.id = any(${unseen([first, ...others], 'uuid[]')})`
          : sql`w.id = ${first ?? null}`;
      const narrowed = options.only ? sql`and ${isNamed}` : sql``;
      const { rows } = await sql<Claim>`
        with due as (
          select d.id from webhooks w
          left join unnest(${unseen(heldIds, 'uuid[]')}, ${unseen(heldCounts, 'int[]')}) as held (id, n) on held.id = w.id
          cross join lateral (
            select free.id from (
              select one.id from webhook_deliveries one
              where one.webhook_id = w.id and one.status = 'pending' and one.due_at <= ${options.now}
                and (one.claimed_until is null or one.claimed_until <= now()
                  or not (one.claimed_by = any(${present}::text[])) or (${takeOwn} and one.claimed_by = ${nodeId}))
                and ${isFirst}
              order by one.due_at, one.sequence
              limit greatest(${options.perEndpoint} - coalesce(held.n, 0), 0)
              for update skip locked
            ) free limit ${sql.lit(options.perEndpoint)}
          ) d
          where w.enabled ${narrowed}
        )
        update webhook_deliveries d
        set claimed_until = now() + make_interval(secs => ${claimSeconds}), claimed_by = ${nodeId}
        from due, webhooks w
        where d.id = due.id and w.id = d.webhook_id
        returning ${claimedDelivery}, ${claimedWebhook}`.execute(db);
      return rows;
    },

    /**
     * Claims further due deliveries of a webhook for a request that takes several. Where order was asked for, only such
     * as have nothing before them in their conversation but what is in the same request.
     */
    async claimMore(options: {
      now: Date;
      webhookId: string;
      /** The deliveries that go in the request already. */
      inHand: readonly string[];
      limit: number;
      ordered: boolean;
      nodeId: string;
    }): Promise<Claim[]> {
      const { now, webhookId, inHand, limit, nodeId, ordered } = options;
      const isFree = sql`status = 'pending' and due_at <= ${now} and (claimed_until is null or claimed_until <= now())`;
      const isInHand = sql`id = any(${[...inHand]}::uuid[])`;
      const order = ordered ? sql`sequence` : sql`due_at, sequence`;
      const { rows } = await sql<Claim>`
        with webhook as materialized (${lockWebhooks([webhookId])}), more as (
          select one.id from (
            select id, order_key, sequence, ${isFree} as is_free from webhook_deliveries
            where webhook_id = ${webhookId} and status = 'pending' and not (${isInHand})
            order by ${order} limit ${2 * limit}
          ) one
          where one.is_free and not exists (
            select from webhook_deliveries before
            where webhook_id = ${webhookId} and status = 'pending' and order_key = one.order_key
              and sequence < one.sequence and not (${isInHand}) and not (${isFree}))
          order by one.sequence limit ${limit}
        )
        update webhook_deliveries d
        set claimed_until = now() + make_interval(secs => ${claimSeconds}), claimed_by = ${nodeId}
        from more, webhook, webhooks w
        where d.id = more.id and w.id = webhook.id and w.enabled and d.status = 'pending'
          and (d.claimed_until is null or d.claimed_until <= now())
        returning ${claimedDelivery}, ${claimedWebhook}`.execute(db);
      return rows;
    },

    /**
     * Removes deliveries about a profile that is being deleted from webhooks of the whole organisation; the profile's
     * own webhooks are deleted with it.
     */
    async removeOfProfile(tx: Tx, profile: { organizationId: string; id: string }): Promise<void> {
      // Waits until events that are just being turned into deliveries have them, so that they can be removed, and keeps
      // events without a position from getting one.
      await sql`select 1 from events where profile_id = ${profile.id} and (position is null or position >
        (select position from event_cursors where reader = ${fanOutReader})) order by seq for update`.execute(
        tx,
      );
      await sql`delete from webhook_deliveries d using webhooks w, events e
        where w.organization_id = ${profile.organizationId} and w.profile_id is null and d.webhook_id = w.id
          and e.id = d.event_id and e.profile_id = ${profile.id}`.execute(tx);
    },

    /** How many deliveries of all organisations are pending, those that wait for another attempt included. */
    async countPending(): Promise<number> {
      const row = await db
        .selectFrom('webhook_deliveries')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where(sql<boolean>`status = 'pending'`)
        .executeTakeFirstOrThrow();
      return row.count;
    },

    /** When the next waiting delivery is due that nothing has to come before. */
    async nextDueAt(): Promise<Date | null> {
      const { rows } = await sql<{ due_at: Date | null }>`
        select min(d.due_at) as due_at from webhooks w cross join lateral (
          select one.due_at from webhook_deliveries one
          where one.webhook_id = w.id and one.status = 'pending' and one.claimed_until is null
            and ${isFirst}
          order by one.due_at limit 1
        ) d where w.enabled`.execute(db);
      return rows[0]?.due_at ?? null;
    },

    /** Renews claims whose attempt still runs. */
    async renew(ids: readonly string[]): Promise<void> {
      await sql`update webhook_deliveries
        set claimed_until = now() + make_interval(secs => ${claimSeconds}) where id in (${free(ids)})`.execute(
        db,
      );
    },

    /** Hands claims back. */
    async release(ids: readonly string[]): Promise<void> {
      await sql`update webhook_deliveries
        set claimed_until = null where id in (${free(ids)})`.execute(db);
    },

    /** Records successful attempts, ends their deliveries and marks their webhooks as healthy, in one statement. */
    async succeed(settled: readonly Settled[], now: Date): Promise<void> {
      const webhookIds = [...new Set(settled.map(({ claim }) => claim.webhook_id))];
      await sql`
        with webhook as materialized (${lockWebhooks(webhookIds)}),
        attempt as (${insertAttempts(settled, now, sql`webhook`)} returning delivery_id, attempt, status_code),
        delivered as (
          update webhook_deliveries d set status = 'delivered', claimed_until = null, finished_at = ${now},
            attempts = attempt.attempt, last_status_code = attempt.status_code, last_error = null
          from attempt where d.id = attempt.delivery_id and d.status = 'pending'
        )
        update webhooks set failing_since = null
        from webhook where webhooks.id = webhook.id and webhooks.failing_since is not null
      `.execute(db);
    },

    /**
     * Records a failed attempt of one webhook's deliveries; `due` null ends one. Answers since when the webhook has only
     * failed. One whose claim ran out and that was attempted again is recorded and changes nothing else.
     */
    async fail(tx: Tx, failed: readonly (Settled & { due: Date | null })[], now: Date): Promise<Date | null> {
      const [first] = failed;
      if (!first) return null;
      const webhookId = first.claim.webhook_id;
      await insertAttempts(failed, now, sql`(${lockWebhooks([webhookId])}) as webhook`).execute(tx);
      const column = <T>(read: (one: (typeof failed)[number]) => T) => failed.map(read);
      await sql`
        update webhook_deliveries d set claimed_until = null, attempts = one.attempt,
          last_status_code = one.status_code, last_error = one.error,
          due_at = coalesce(one.due, d.due_at),
          status = case when one.due is null then 'failed' else 'pending' end,
          finished_at = case when one.due is null then ${now}::timestamptz end
        from unnest(${column(({ claim }) => claim.id)}::uuid[], ${column(({ claim }) => claim.attempt)}::int[],
          ${column(({ outcome }) => outcome.statusCode)}::int[], ${column(({ outcome }) => outcome.error)}::text[],
          ${column(({ due }) => due)}::timestamptz[]) as one (id, attempt, status_code, error, due)
        where d.id = one.id and d.status = 'pending' and d.attempts = one.attempt - 1`.execute(tx);
      const row = await tx
        .updateTable('webhooks')
        .set({ failing_since: sql`coalesce(failing_since, ${now})` })
        .where('id', '=', webhookId)
        .returning('failing_since')
        .executeTakeFirst();
      return row?.failing_since ?? null;
    },

    /** Makes a delivery due again, with its first attempt. */
    replay(webhookId: string, id: string, now: Date): Promise<DeliveryRow | undefined> {
      return db
        .updateTable('webhook_deliveries')
        .set({
          status: 'pending',
          attempts: 0,
          due_at: now,
          claimed_until: null,
          finished_at: null,
          last_error: null,
        })
        .where('webhook_id', '=', webhookId)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
    },
  };
}

/**
 * A value that the planner does not see: a plan made for it is then no better than one for any other, so one is kept. Else
 * a list of one promises so much that this statement is planned anew each time, which costs more than it does.
 */
function unseen(value: readonly unknown[], type: 'uuid[]' | 'int[]') {
  return sql`(select ${value}::${sql.raw(type)})::${sql.raw(type)}`;
}

/** Those of the pending deliveries that no other transaction is deleting or settling. */
function free(ids: readonly string[]) {
  return sql`select id from webhook_deliveries where id = any(${[...ids]}::uuid[]) and status = 'pending'
    for update skip locked`;
}
