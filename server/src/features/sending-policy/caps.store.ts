import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/**
 * Takes places for strangers of a day, in the transaction that writes to them: never more than the limit, from any number of
 * nodes. Who has a place of that day keeps it. Answers who has one; the rest has to wait.
 */
export async function takeCold(
  tx: Tx,
  profileId: string,
  day: string,
  limit: number | null,
  chats: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ chat: string }>`
    with asked as materialized (
      select c.chat, c.n, d.chat is not null as is_marked from unnest(${[...chats]}::text[]) with ordinality as c (chat, n)
      left join cold_marks d on d.profile_id = ${profileId} and d.day = ${day}::date and d.chat = c.chat
    ), wanted as (
      select chat, row_number() over (order by n) as place from asked where not is_marked
    ), taken as (
      insert into cold_days as d (profile_id, day, used, granted)
      select ${profileId}::uuid, ${day}::date, least(count(*), ${limit}::int), least(count(*), ${limit}::int) from wanted
      having count(*) > 0
      on conflict (profile_id, day) do update
        set granted = least(excluded.granted, coalesce(${limit}::int - d.used, excluded.granted)),
          used = d.used + least(excluded.granted, coalesce(${limit}::int - d.used, excluded.granted))
        where ${limit}::int is null or d.used < ${limit}::int
      returning granted
    ), marked as (
      insert into cold_marks (profile_id, day, chat)
      select ${profileId}::uuid, ${day}::date, chat from wanted where place <= (select granted from taken)
      order by chat
      on conflict (profile_id, day, chat) do update set day = excluded.day
      returning chat
    )
    select chat from marked union all select chat from asked where is_marked`.execute(tx);
  return new Set(rows.map(({ chat }) => chat));
}

/** The same for marketing to a person, of a day and of the seven days that end with it. Each chat once. */
export async function takeMarketing(
  tx: Tx,
  organizationId: string,
  day: string,
  { perDay, perWeek }: { perDay: number | null; perWeek: number | null },
  chats: readonly string[],
): Promise<Set<string>> {
  const earlier = (
    chat: ReturnType<typeof sql>,
  ) => sql`(select coalesce(sum(w.marketing), 0) from send_marks w
    where w.organization_id = ${organizationId} and w.chat = ${chat}
      and w.day > ${day}::date - 7 and w.day < ${day}::date)`;
  const { rows } = await sql<{ chat: string }>`
    insert into send_marks as m (organization_id, chat, day, marketing)
    select ${organizationId}::uuid, c.chat, ${day}::date, 1 from unnest(${chats.toSorted()}::text[]) as c (chat)
    where coalesce(${perDay}::int, 1) > 0
      and (${perWeek}::int is null or ${earlier(sql`c.chat`)} < ${perWeek}::int)
    order by c.chat
    on conflict (organization_id, chat, day) do update set marketing = least(m.marketing + 1, 32767)
      where (${perDay}::int is null or m.marketing < ${perDay}::int)
        and (${perWeek}::int is null or m.marketing + ${earlier(sql`m.chat`)} < ${perWeek}::int)
    returning m.chat`.execute(tx);
  return new Set(rows.map(({ chat }) => chat));
}

/** They are being sent this text. */
export async function noteText(
  tx: Tx,
  organizationId: string,
  hash: Buffer,
  chats: readonly string[],
  at: Date,
): Promise<void> {
  await sql`insert into send_texts (organization_id, chat, hash, at)
    select ${organizationId}::uuid, c.chat, ${hash}::bytea, ${at}::timestamptz
    from unnest(${chats.toSorted()}::text[]) as c (chat)
    on conflict (organization_id, chat, hash) do update set at = excluded.at`.execute(tx);
}

const batch = 10_000;

/** What no rule asks for any more. */
export async function purgeMarks(
  db: Db,
  before: { marks: string; cold: string; texts: Date },
): Promise<void> {
  const deletes = [
    sql`delete from send_marks where ctid = any(array(
      select ctid from send_marks where day < ${before.marks}::date limit ${batch}))`,
    sql`delete from send_texts where ctid = any(array(
      select ctid from send_texts where at < ${before.texts} limit ${batch}))`,
    sql`delete from cold_marks where ctid = any(array(
      select ctid from cold_marks where day < ${before.cold}::date limit ${batch}))`,
    sql`delete from cold_days where day < ${before.marks}::date`,
  ];
  for (const one of deletes) {
    for (let gone = batch; gone === batch; ) {
      const { numAffectedRows } = await one.execute(db);
      gone = Number(numAffectedRows ?? 0);
    }
  }
}
