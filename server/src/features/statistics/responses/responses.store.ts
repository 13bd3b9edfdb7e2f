import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { bucketOf } from './buckets.ts';
import type { AnsweredBy } from './steps.ts';

/** A direct chat in which somebody waits. */
export interface Awaiting {
  conversationId: string;
  organizationId: string;
  profileId: string;
  messageId: string;
  since: Date;
}
export interface Answered {
  organizationId: string;
  profileId: string;
  since: Date;
  by: AnsweredBy;
  ms: number;
}

/** Who waits, and how long others waited. */
export function createResponseStore(db: Db) {
  return {
    async awaiting(tx: Tx, conversationIds: readonly string[]): Promise<Map<string, Awaiting>> {
      const { rows } = await sql<Awaiting>`
        select conversation_id as "conversationId", organization_id as "organizationId", profile_id as "profileId",
          message_id as "messageId", since
        from awaiting where conversation_id = any(${[...conversationIds]}::uuid[])`.execute(tx);
      return new Map(rows.map((row) => [row.conversationId, row]));
    },

    async replace(tx: Tx, gone: readonly string[], opened: readonly Awaiting[]): Promise<void> {
      if (gone.length > 0)
        await sql`delete from awaiting where conversation_id = any(${[...gone]}::uuid[])`.execute(tx);
      if (opened.length === 0) return;
      await sql`
        insert into awaiting (conversation_id, organization_id, profile_id, message_id, since)
        select "conversationId", "organizationId", "profileId", "messageId", since
        from jsonb_to_recordset(${JSON.stringify(opened)}::jsonb) as o ("conversationId" uuid, "organizationId" uuid,
          "profileId" uuid, "messageId" uuid, since timestamptz)
        order by 1
        on conflict (conversation_id) do update
        set profile_id = excluded.profile_id, message_id = excluded.message_id, since = excluded.since`.execute(
        tx,
      );
    },

    async add(tx: Tx, answered: readonly (Answered & { day: string; hour: number })[]): Promise<void> {
      if (answered.length === 0) return;
      const rows = answered.map((one) => ({
        organization_id: one.organizationId,
        profile_id: one.profileId,
        answered_by: one.by,
        ...{ day: one.day, hour: one.hour, ms: one.ms, bucket: bucketOf(one.ms) },
      }));
      await sql`
        with given as materialized (
          select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g (organization_id uuid, profile_id uuid,
            day date, answered_by text, hour smallint, bucket smallint, ms bigint)
        ), hours as (
          insert into response_days as d (organization_id, profile_id, day, answered_by, hour, n, sum_ms)
          select organization_id, profile_id, day, answered_by, hour, count(*), sum(ms) from given
          group by 1, 2, 3, 4, 5 order by profile_id, day, answered_by, hour
          on conflict (profile_id, day, answered_by, hour) do update
          set n = d.n + excluded.n, sum_ms = d.sum_ms + excluded.sum_ms
        )
        insert into response_times as t (organization_id, profile_id, day, answered_by, bucket, n)
        select organization_id, profile_id, day, answered_by, bucket, count(*) from given
        group by 1, 2, 3, 4, 5 order by profile_id, day, answered_by, bucket
        on conflict (profile_id, day, answered_by, bucket) do update set n = t.n + excluded.n`.execute(tx);
    },

    /** Those who have waited since before a moment get no answer any more. */
    async forgetBefore(before: Date): Promise<void> {
      await db.deleteFrom('awaiting').where('since', '<', before).execute();
    },
  };
}

export type ResponseStore = ReturnType<typeof createResponseStore>;
