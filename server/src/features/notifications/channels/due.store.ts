import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { NotificationRow } from '../notifications.tables.ts';

/** One node at a time sends letters and makes pushes. */
const dispatchLock = 7_410_040;

export interface DueLetter {
  email: string;
  name: string;
  /** What is still unread of what was due. */
  notifications: NotificationRow[];
}

/** Whether this transaction is the one that dispatches; another node is, if not. */
export async function claimDispatch(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{
    ok: boolean;
  }>`select pg_try_advisory_xact_lock(${dispatchLock}) as ok`.execute(tx);
  return rows[0]?.ok === true;
}

/** Takes what is due by letter from the person who has waited longest; undefined when nobody waits. */
export async function takeDueLetter(tx: Tx, now: Date): Promise<DueLetter | undefined> {
  const { rows } = await sql<NotificationRow & { email: string; name: string; is_active: boolean }>`
    with person as (
      select user_id from notifications where email_due_at <= ${now} order by email_due_at limit 1
    ), due as materialized (
      select id from notifications
      where user_id = (select user_id from person) and email_due_at <= ${now} order by topic for update
    )
    update notifications n set email_due_at = null,
      read_at = case when n.shown or n.push_due_at is not null then n.read_at else ${now} end
    from due, users u where n.id = due.id and u.id = n.user_id
    returning n.*, n.read_at is null or not n.shown as is_unread, u.email, u.name, u.is_active`.execute(tx);
  const [first] = rows;
  if (!first) return undefined;
  const unread = rows.filter((row) => (row as unknown as { is_unread: boolean }).is_unread);
  return {
    email: first.email,
    name: first.name,
    notifications: first.is_active
      ? unread.toSorted((a, b) => b.updated_at.getTime() - a.updated_at.getTime())
      : [],
  };
}

/** Takes what is due by push, of some people at once, and answers what is still unread of it. */
export async function takeDuePushes(tx: Tx, now: Date, limit: number): Promise<NotificationRow[]> {
  const { rows } = await sql<NotificationRow & { is_unread: boolean; is_active: boolean }>`
    with due as materialized (
      select n.id from notifications n
      where n.id in (select id from notifications where push_due_at <= ${now} order by push_due_at limit ${limit})
      order by n.user_id, n.topic for update
    )
    update notifications n set push_due_at = null, pushed_at = ${now},
      read_at = case when n.shown or n.email_due_at is not null then n.read_at else ${now} end
    from due, users u where n.id = due.id and u.id = n.user_id
    returning n.*, n.read_at is null or not n.shown as is_unread, u.is_active`.execute(tx);
  return rows.filter((row) => row.is_unread && row.is_active);
}

/** When the next letter or push is due. */
export async function nextDueAt(db: Db): Promise<Date | undefined> {
  const { rows } = await sql<{ due_at: Date | null }>`
    select least(
      (select min(email_due_at) from notifications where email_due_at is not null),
      (select min(push_due_at) from notifications where push_due_at is not null)) as due_at`.execute(db);
  return rows[0]?.due_at ?? undefined;
}
