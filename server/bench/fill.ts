import { Client } from 'pg';
import { socketConfig } from '../src/platform/db/embedded/socket.ts';
import type { Size } from './size.ts';

/** Of how many messages one is an image: so rare that a list of images can't be found by leafing through all. */
const imageEvery = 2000;

/**
 * Puts rows of months of use straight into the database of a profile: people, conversations, messages and events.
 * Answers the conversation with the most messages.
 */
export async function fill(
  socketDir: string,
  profileId: string,
  { messages, conversations, contacts, events }: Size['list'],
): Promise<{ conversationId: string }> {
  const client = new Client(socketConfig(socketDir, 'multiwa'));
  await client.connect();
  const run = async (what: string, sql: string, ...more: unknown[]) => {
    const startedMs = performance.now();
    const { rows } = await client.query(sql, more);
    console.log(`    ${what}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    return rows;
  };
  try {
    await run('contacts', contactsSql, profileId, contacts);
    await run('conversations', conversationsSql, profileId, conversations);
    // Few conversations have many messages: the square of an even chance falls on the first ones most.
    await run('messages', messagesSql, profileId, messages, conversations, imageEvery);
    await run('their latest', latestSql, profileId);
    // In one go: sorting words in one by one takes ten times as long.
    await client.query('drop index message_words_by_trigram');
    await run('their words', wordsSql, profileId);
    await run('the index of words', wordsIndexSql);
    await run('events', eventsSql, profileId, events);
    await client.query(
      `update event_log set last_position = greatest(last_position, (select max(position) from events))`,
    );
    await client.query(`update event_cursors set position = (select last_position from event_log)`);
    await run('vacuum analyze', 'vacuum analyze');
    const [busiest] = await run(
      'the busiest',
      `select conversation_id as id from messages where profile_id = $1
        group by conversation_id order by count(*) desc limit 1`,
      profileId,
    );
    return { conversationId: busiest.id };
  } finally {
    await client.end();
  }
}

const whose = `(select id, organization_id from profiles where id = $1) as p`;

const contactsSql = `
  insert into contacts (id, organization_id, profile_id, phone, name, whatsapp_name, created_at, updated_at)
  select uuidv7(), p.organization_id, p.id, (628200000000 + n)::text, 'Customer ' || n, 'C' || n, now(), now()
  from ${whose}, generate_series(1, $2::int) as n`;

const conversationsSql = `
  insert into conversations (id, organization_id, profile_id, contact_id, chat, type, name, created_at, updated_at)
  select uuidv7(), c.organization_id, c.profile_id, c.id, c.phone || '@s.whatsapp.net', 'user', c.name, now(), now()
  from contacts as c where c.profile_id = $1 order by c.phone limit $2`;

const messagesSql = `
  with numbered as (
    select id, organization_id, profile_id, chat, row_number() over (order by chat) as n
    from conversations where profile_id = $1
  ), made as (
    select n, least($3::int, 1 + floor(power(random(), 2) * $3::int)::int) as conversation
    from generate_series(1, $2::int) as n
  )
  insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, sender, type,
    content, status, timestamp, created_at, updated_at)
  select uuidv7(), c.organization_id, c.profile_id, c.id, '3EB0' || lpad(to_hex(m.n), 16, '0'),
    case when m.n % 2 = 0 then 'outgoing' else 'incoming' end,
    case when m.n % 2 = 0 then null else c.chat end,
    case when m.n % $4::int = 0 then 'image' else 'text' end,
    case when m.n % $4::int = 0
      then jsonb_build_object('mimetype', 'image/jpeg', 'caption', 'Bread ' || m.n)
      else jsonb_build_object('text', 'Is the bread ready, number ' || m.n || '?') end,
    case when m.n % 2 = 0 then 'read' else 'received' end,
    at, at, at
  from made as m join numbered as c on c.n = m.conversation,
    lateral (select now() - ($2::int - m.n) * interval '10 seconds' as at) as moment
  order by m.n`;

const latestSql = `
  update conversations as c set last_message_at = l.at
  from (select conversation_id, max(timestamp) as at from messages where profile_id = $1 group by 1) as l
  where l.conversation_id = c.id`;

const eventsSql = `
  insert into events (id, position, name, organization_id, profile_id, body, occurred_at)
  select uuidv7(), l.last_position + n, 'message.received', p.organization_id, p.id,
    jsonb_build_object('messageId', uuidv7(), 'body', 'Is the bread ready, number ' || n || '?'), now()
  from ${whose}, (select last_position from event_log) as l, generate_series(1, $2::int) as n`;

const wordsSql = `
  insert into message_words (message_id, organization_id, profile_id, conversation_id, at, words)
  select id, organization_id, profile_id, conversation_id, date_trunc('milliseconds', timestamp),
    right(organization_id::text, 3) || ' ' || lower(coalesce(content->>'text', content->>'caption'))
  from messages where profile_id = $1 order by seq`;

const wordsIndexSql = `
  create index message_words_by_trigram on message_words using gin (words gin_trgm_ops)
  with (gin_pending_list_limit = 256)`;
