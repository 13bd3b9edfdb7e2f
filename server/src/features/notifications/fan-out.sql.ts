import { sql } from 'kysely';
import type { RecordedEvent } from '../../platform/events/define.ts';
import type { NoticeKind } from '../../platform/events/notice.ts';
import type { WorkAtOnce } from '../../platform/feature.ts';
import { newId } from '../../platform/ids.ts';

export interface NewNotification {
  userId: string;
  /** The newest event of those that are counted. */
  event: RecordedEvent;
  kind: NoticeKind;
  topic: string | null;
  title: string;
  body: string;
  /** JSON. */
  metadata: string;
  /** Events that it stands for. */
  count: number;
  shown: boolean;
  emailDueAt: Date | null;
  pushDueAt: Date | null;
}

/** A row that was made, or that counts more now. */
export interface MadeNotification {
  id: string;
  user_id: string;
  kind: string;
  topic: string | null;
  title: string;
  body: string;
  metadata: Record<string, unknown> | null;
  count: number;
  shown: boolean;
  read_at: Date | null;
  created_at: Date;
  updated_at: Date;
  email_due_at: Date | null;
  push_due_at: Date | null;
  is_new: boolean;
}

/** What is unread goes to browsers again no sooner than this after the last time. */
const pushRestSeconds = 60;

/**
 * Inserts notifications together with the step of the reader that makes them; what is unread and of the same topic counts
 * on. None of an event or a person that is gone: with a profile its events are deleted, which the lock waits for.
 */
export function inserting(rows: readonly NewNotification[]): Pick<WorkAtOnce, 'insert' | 'made'> {
  const column = <T>(read: (row: NewNotification) => T) => rows.map(read);
  return {
    insert: sql`
      insert into notifications as n (id, organization_id, user_id, profile_id, event_id, position, kind, topic, title,
        body, metadata, count, shown, email_due_at, push_due_at, created_at, updated_at)
      select d.id, d.organization_id, d.user_id, d.profile_id, d.event_id, d.position, d.kind, d.topic, d.title, d.body,
        d.metadata::jsonb, d.count, d.shown, d.email_due_at, d.push_due_at, d.at, d.at
      from at_cursor, unnest(${column(() => newId())}::uuid[], ${column(({ event }) => event.organizationId)}::uuid[],
          ${column(({ userId }) => userId)}::uuid[], ${column(({ event }) => event.profileId)}::uuid[],
          ${column(({ event }) => event.id)}::uuid[], ${column(({ event }) => event.position)}::bigint[],
          ${column(({ kind }) => kind)}::text[], ${column(({ topic }) => topic)}::text[],
          ${column(({ title }) => title)}::text[], ${column(({ body }) => body)}::text[],
          ${column(({ metadata }) => metadata)}::text[], ${column(({ count }) => count)}::int[],
          ${column(({ shown }) => shown)}::boolean[], ${column(({ emailDueAt }) => emailDueAt)}::timestamptz[],
          ${column(({ pushDueAt }) => pushDueAt)}::timestamptz[],
          ${column(({ event }) => event.occurredAt)}::timestamptz[])
        as d (id, organization_id, user_id, profile_id, event_id, position, kind, topic, title, body, metadata, count,
          shown, email_due_at, push_due_at, at)
      join (select id from events where id = any(${column(({ event }) => event.id)}::uuid[]) order by seq
        for key share) e on e.id = d.event_id
      join users u on u.id = d.user_id
      where not exists (select from notifications o where o.user_id = d.user_id and o.event_id = d.event_id)
      order by d.user_id, d.topic
      on conflict (user_id, topic) where read_at is null and topic is not null do update
        set count = n.count + excluded.count, event_id = excluded.event_id, position = excluded.position,
          kind = excluded.kind, title = excluded.title, body = excluded.body, metadata = excluded.metadata,
          profile_id = excluded.profile_id, updated_at = greatest(n.updated_at, excluded.updated_at),
          shown = n.shown or excluded.shown,
          push_due_at = coalesce(n.push_due_at,
            greatest(excluded.push_due_at, n.pushed_at + make_interval(secs => ${pushRestSeconds})))
        where n.position < excluded.position
      returning n.*, xmax = 0 as is_new`,
    made: sql`select id, user_id, kind, topic, title, body, metadata, count, shown, read_at, created_at, updated_at,
      email_due_at, push_due_at, is_new from work`,
  };
}
