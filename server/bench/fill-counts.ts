import { Client } from 'pg';
import { socketConfig } from '../src/platform/db/embedded/socket.ts';
import type { Size } from './size.ts';

/**
 * Puts counts of a year of use straight into the database, for profiles beside one that is there; answers how many messages
 * they stand for.
 */
export async function fillCounts(
  socketDir: string,
  profileId: string,
  { profiles, days, conversations, tags }: Size['statistics'],
): Promise<{ messages: number }> {
  const client = new Client(socketConfig(socketDir, 'multiwa'));
  await client.connect();
  const run = async (what: string, sql: string, ...more: unknown[]) => {
    const startedMs = performance.now();
    const { rows } = await client.query(sql, more);
    console.log(`    ${what}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    return rows;
  };
  try {
    await run('profiles', profilesSql, profileId, profiles - 1);
    await run('days', daysSql, profileId, days);
    await run('totals', totalsSql);
    await run('hours of answers', hoursSql, profileId, days);
    await run('times of answers', timesSql, profileId, days);
    await run('contacts', contactsSql, profileId, tags);
    await run('days of contacts', contactDaysSql, profileId, days);
    await run('conversations', conversationsSql, profileId, conversations);
    await run('vacuum analyze', 'vacuum analyze');
    const [all] = await run('messages', 'select sum(n)::int as n from message_days');
    return { messages: all.n };
  } finally {
    await client.end();
  }
}

const all = `profiles p where p.organization_id = (select organization_id from profiles where id = $1)`;
const days = `generate_series(0, $2::int - 1) as ago, lateral (select current_date - ago as day) as d`;

const profilesSql = `
  insert into profiles (id, organization_id, workspace_id, display_name, engine, message_delay_ms, created_at, updated_at)
  select uuidv7(), organization_id, workspace_id, 'Phone ' || n, engine, 0, now(), now()
  from profiles, generate_series(1, $2::int) as n where id = $1`;

const hours = Array.from({ length: 24 }, (_, hour) => `h${hour}`);
const daysSql = `
  insert into message_days (organization_id, profile_id, day, direction, type, n, sent, delivered, read, ${hours.join(', ')})
  select p.organization_id, p.id, day, direction, type, 24, 20, 15, 10, ${hours.map(() => 1).join(', ')}
  from ${all.replace(
    ' where ',
    `, ${days},
    unnest(array['incoming', 'outgoing']) as direction,
    unnest(array['text', 'image', 'voice', 'document', 'video', 'sticker']) as type where `,
  )}
  order by p.id, day`;

const totalsSql = `
  insert into message_totals (organization_id, profile_id, incoming, outgoing)
  select organization_id, profile_id, sum(n) filter (where direction = 'incoming'), sum(n) filter (where direction = 'outgoing')
  from message_days group by 1, 2`;

const hoursSql = `
  insert into response_days (organization_id, profile_id, day, answered_by, hour, n, sum_ms)
  select p.organization_id, p.id, day, 'person', hour, 5, 250000
  from ${all.replace(' where ', `, ${days}, generate_series(8, 19) as hour where `)} order by p.id, day`;

const timesSql = `
  insert into response_times (organization_id, profile_id, day, answered_by, bucket, n)
  select p.organization_id, p.id, day, 'person', bucket, 2
  from ${all.replace(' where ', `, ${days}, generate_series(20, 79, 2) as bucket where `)} order by p.id, day`;

const contactsSql = `
  with totals as (
    insert into contact_totals (organization_id, profile_id, total, with_tags)
    select p.organization_id, p.id, 1000, 400 from ${all}
  )
  insert into contact_tags (organization_id, profile_id, tag, n)
  select p.organization_id, p.id, 'tag ' || n, n from ${all.replace(' where ', ', generate_series(1, $2::int) as n where ')}`;

const contactDaysSql = `
  insert into contact_days (organization_id, profile_id, day, added, removed)
  select p.organization_id, p.id, day, 3, 1 from ${all.replace(' where ', `, ${days} where `)} order by p.id, day`;

const conversationsSql = `
  with people as (
    insert into contacts (id, organization_id, profile_id, phone, created_at, updated_at)
    select uuidv7(), p.organization_id, p.id, (628200000000 + n)::text, now(), now()
    from (select id, organization_id, row_number() over (order by id) - 1 as place, count(*) over () as all_of from ${all}) p
      join generate_series(1, $2::int) as n on n % p.all_of = p.place
    returning id, organization_id, profile_id, phone
  )
  insert into conversations (id, organization_id, profile_id, contact_id, chat, type, last_message_at, created_at, updated_at)
  select uuidv7(), organization_id, profile_id, id, phone || '@c.us', 'user', now() - random() * interval '14 days', now(), now()
  from people`;
