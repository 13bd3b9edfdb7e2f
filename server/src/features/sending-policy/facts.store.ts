import { sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import { deliveryMs, troubleSample } from './trouble.ts';

/** A profile that is to send, as the database has it. */
export interface SenderRow {
  status: string;
  status_reason: string | null;
  restrictions: unknown;
  phone_number: string | null;
  lid: string | null;
  daily_message_limit: number | null;
  sent_today: number;
  zone: string | null;
  rules: unknown;
  /** Strangers by day of the last days. */
  cold: Record<string, number>;
  decided: number;
  refused: number;
  sent: number;
  delivered: number;
  opted_out: number;
}

/** Everything about a profile in one statement; its campaigns' messages along an index of theirs, the last fifty. */
export async function senderFacts(
  tx: Tx,
  profileId: string,
  { now, since }: { now: Date; since: Date },
): Promise<SenderRow | undefined> {
  const settled = new Date(now.getTime() - deliveryMs);
  const recent = sql`from messages m
      where m.profile_id = p.id and m.origin_kind in ('broadcast', 'bulk') and m.timestamp > ${since}`;
  const newest = sql`order by m.timestamp desc, m.seq desc limit ${troubleSample}`;
  const { rows } = await sql<SenderRow>`
    select p.status, p.status_reason, p.restrictions, p.phone_number, p.lid, p.daily_message_limit,
      case when p.daily_reset_at > ${now} then p.daily_message_count else 0 end as sent_today,
      o.settings ->> 'timeZone' as zone, r.rules,
      (select coalesce(jsonb_object_agg(d.day, d.used), '{}') from cold_days d
        where d.profile_id = p.id and d.day >= (${now}::timestamptz at time zone 'UTC')::date - 1) as cold,
      t.decided, t.refused, s.sent, s.delivered, s.opted_out
    from profiles p join organizations o on o.id = p.organization_id
    left join sending_policies r on r.profile_id = p.id
    cross join lateral (
      select count(*)::int as decided, count(*) filter (where d.failure_code like 'REFUSED%')::int as refused
      from (select m.failure_code ${recent} and m.status in ('sent', 'delivered', 'read', 'played', 'failed') ${newest}) d
    ) t
    cross join lateral (
      select count(*)::int as sent, count(*) filter (where d.status <> 'sent')::int as delivered,
        count(*) filter (where d.opted_out)::int as opted_out
      from (select m.status, exists (select from conversations c
            join opt_outs u on u.organization_id = c.organization_id and u.chat = c.chat
            where c.id = m.conversation_id and u.at >= m.timestamp and u.source = 'keyword') as opted_out
          ${recent} and m.timestamp < ${settled} and m.status in ('sent', 'delivered', 'read', 'played') ${newest}) d
    ) s
    where p.id = ${profileId}`.execute(tx);
  return rows[0];
}

/** Whom a page of recipients is, and under which names they may be on the lists. */
export interface Asked {
  n: number;
  chat: string;
  /** Bare digits: every form of the number; none of who is known by a linked identity only. */
  forms: string[];
  lid: string | null;
  names: string[];
}

export interface RecipientRow {
  n: number;
  is_blocked: boolean;
  time_zone: string | null;
  opted_out: 'marketing' | 'all' | null;
  has_consent: boolean;
  is_on_whatsapp: boolean | null;
  marketing_today: number;
  marketing_this_week: number;
  same_text_at: Date | null;
  wrote_at: Date | null;
  is_counted_cold: boolean;
}

/** Everything about a page of recipients in one statement, in their order. */
export async function recipientFacts(
  tx: Tx,
  whose: { organizationId: string; profileId: string },
  asked: readonly Asked[],
  how: { today: string; textHash: Buffer | null; wroteSince: Date; checkedSince: Date },
): Promise<RecipientRow[]> {
  const { organizationId, profileId } = whose;
  const { rows } = await sql<RecipientRow>`
    select i.n, coalesce(k.is_blocked, false) as is_blocked, k.time_zone, o.opted_out,
      exists (select from consents s where s.organization_id = ${organizationId} and s.kind = 'marketing'
        and s.chat = any(l.names)) as has_consent,
      (select bool_or(n.address is not null) from number_checks n where n.profile_id = ${profileId}
        and n.phone = any(i.forms) and n.checked_at > ${how.checkedSince}) as is_on_whatsapp,
      m.today as marketing_today, m.week as marketing_this_week,
      (select t.at from send_texts t where t.organization_id = ${organizationId} and t.chat = i.chat
        and t.hash = ${how.textHash}::bytea) as same_text_at,
      (select max(m.timestamp) from conversations c join messages m on m.conversation_id = c.id
        where c.profile_id = ${profileId} and c.chat = any(l.names) and m.direction = 'incoming'
          and m.timestamp > ${how.wroteSince}) as wrote_at,
      exists (select from cold_marks d where d.profile_id = ${profileId} and d.day = ${how.today}::date
        and d.chat = i.chat) as is_counted_cold
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as i (n int, chat text, forms text[], lid text, names text[])
    left join lateral (
      select k.lid, k.is_blocked, k.metadata ->> 'timeZone' as time_zone from contacts k
        where k.profile_id = ${profileId} and k.phone = any(i.forms)
      union all
      select k.lid, k.is_blocked, k.metadata ->> 'timeZone' from contacts k
        where k.profile_id = ${profileId} and k.lid = i.lid
      order by is_blocked desc limit 1
    ) k on true
    cross join lateral (
      select case when k.lid is null then i.names else i.names || (k.lid || '@lid') end as names
    ) l
    cross join lateral (
      select case when bool_or(u.scope = 'all') then 'all' when count(*) > 0 then 'marketing' end as opted_out
      from opt_outs u where u.organization_id = ${organizationId} and u.chat = any(l.names) and u.revoked_at is null
    ) o
    cross join lateral (
      select coalesce(sum(w.marketing) filter (where w.day = ${how.today}::date), 0)::int as today,
        coalesce(sum(w.marketing), 0)::int as week
      from send_marks w where w.organization_id = ${organizationId} and w.chat = i.chat
        and w.day > ${how.today}::date - 7 and w.day <= ${how.today}::date
    ) m
    order by i.n`.execute(tx);
  return rows;
}
