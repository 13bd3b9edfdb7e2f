import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';

export interface NewPush {
  userId: string;
  notificationId: string | null;
  topic: string;
  payload: string;
  urgency: string;
}
export interface ClaimedPush {
  id: string;
  subscription_id: string;
  user_id: string;
  endpoint: string;
  p256dh: string;
  auth: Buffer;
  topic: string;
  payload: string;
  urgency: string;
  /** From 1. */
  attempt: number;
  expires_at: Date;
}

/** Longer than an attempt takes; then the pushes of a process that died are attempted again. */
const claimSeconds = 45;

export type PushQueue = ReturnType<typeof createPushQueue>;

/** Pushes that wait to be delivered. */
export function createPushQueue(db: Db) {
  return {
    /** For every browser of their people; in the place of one of the same topic that still waits. */
    async insert(tx: Tx, pushes: readonly NewPush[], now: Date, expiresAt: Date): Promise<void> {
      const column = <T>(read: (push: NewPush) => T) => pushes.map(read);
      await sql`
        insert into push_deliveries as p (id, subscription_id, notification_id, topic, payload, urgency, due_at, expires_at,
          created_at)
        select gen_random_uuid(), s.id, d.notification_id, d.topic, d.payload, d.urgency, ${now}, ${expiresAt}, ${now}
        from unnest(${column(({ userId }) => userId)}::uuid[],
            ${column(({ notificationId }) => notificationId)}::uuid[], ${column(({ topic }) => topic)}::text[],
            ${column(({ payload }) => payload)}::text[], ${column(({ urgency }) => urgency)}::text[])
          as d (user_id, notification_id, topic, payload, urgency)
        join push_subscriptions s on s.user_id = d.user_id
        order by s.id, d.topic
        on conflict (subscription_id, topic) do update
          set id = excluded.id, notification_id = excluded.notification_id, payload = excluded.payload,
            urgency = excluded.urgency, attempts = 0, due_at = excluded.due_at, expires_at = excluded.expires_at,
            claimed_until = null, created_at = excluded.created_at`.execute(tx);
    },

    /** Claims what is due; what has expired is forgotten, and so is what was read meanwhile. */
    async claim(now: Date, limit: number): Promise<ClaimedPush[]> {
      await sql`
        delete from push_deliveries where id in (
          select p.id from push_deliveries p left join notifications n on n.id = p.notification_id
          where p.due_at <= ${now} and (p.expires_at <= ${now} or n.read_at is not null and n.shown)
          order by p.due_at limit ${limit} for update of p skip locked)`.execute(db);
      const { rows } = await sql<ClaimedPush>`
        with due as (
          select id from push_deliveries
          where due_at <= ${now} and (claimed_until is null or claimed_until <= now())
          order by due_at limit ${limit} for update skip locked
        )
        update push_deliveries p set claimed_until = now() + make_interval(secs => ${claimSeconds}),
          attempts = p.attempts + 1
        from due, push_subscriptions s where p.id = due.id and s.id = p.subscription_id
        returning p.id, p.subscription_id, s.user_id, s.endpoint, s.p256dh, s.auth, p.topic, p.payload, p.urgency,
          p.attempts as attempt, p.expires_at`.execute(db);
      return rows;
    },

    /** Delivered, or given up. Nothing happens when a newer push has taken its place. */
    async finish(id: string): Promise<void> {
      await db.deleteFrom('push_deliveries').where('id', '=', id).execute();
    },

    async postpone(id: string, dueAt: Date): Promise<void> {
      await db
        .updateTable('push_deliveries')
        .set({ due_at: dueAt, claimed_until: null })
        .where('id', '=', id)
        .execute();
    },

    /** When the next that nobody has claimed is due. */
    async nextDueAt(): Promise<Date | undefined> {
      const { rows } = await sql<{ due_at: Date | null }>`
        select min(due_at) as due_at from push_deliveries where claimed_until is null`.execute(db);
      return rows[0]?.due_at ?? undefined;
    },
  };
}

/** Letters and digits that push services take as a topic: 32 at most. */
export const pushTopic = (id: string) => id.replaceAll('-', '');
