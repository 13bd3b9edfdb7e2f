import { type RawBuilder, sql } from 'kysely';
import type { ChatFact, Expiration } from '../../engines/port.ts';
import { type ChatId, chatKind } from '../../platform/chat-id.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { type ContactRow, type Named, namesLearnt } from '../contacts/index.ts';
import type { ConversationRow } from './resolve.store.ts';

/**
 * Stores facts about chats. Facts of a group come from the network, and the last one holds; in a direct chat both sides
 * set the expiration, and the younger setting holds. Facts of people without a conversation wait for it.
 */
export async function learnChats(tx: Tx, profileId: string, facts: readonly ChatFact[], now: Date) {
  const groups = facts.filter(({ chat }) => chatKind(chat) === 'group');
  const people = facts.filter(({ chat }) => chatKind(chat) === 'user');
  if (groups.length > 0) await learnGroups(tx, profileId, oneOfEach(groups), now);
  if (people.length > 0) await learnPeople(tx, profileId, people, now);
}

/** Whether the expiration of a message differs from what is stored of its chat. */
function isNews(conversation: ConversationRow, { seconds, since }: Expiration): boolean {
  const { type, expiration, expiration_since } = conversation;
  if (type === 'group') return expiration === null;
  return type === 'user' && expiration !== seconds && (!expiration_since || expiration_since <= since);
}

/** The conversation with the expiration of a message; runs a statement only when that is news. */
export async function learnExpiration(
  tx: Tx,
  conversation: ConversationRow,
  setting: Expiration | undefined,
  beforeLocks?: () => Promise<void>,
): Promise<ConversationRow> {
  if (!setting || !isNews(conversation, setting)) return conversation;
  await beforeLocks?.();
  const values = { expiration: setting.seconds, expiration_since: setting.since };
  await tx.updateTable('conversations').set(values).where('id', '=', conversation.id).execute();
  return { ...conversation, ...values };
}

/** Gives a conversation the expiration that waited for its new address. */
export async function learnWaiting(tx: Tx, conversation: ConversationRow, chat: ChatId): Promise<void> {
  await sql`
    with settings as (
      delete from chat_expirations where profile_id = ${conversation.profile_id} and chat = ${chat}
      returning expiration, expiration_since
    )
    update conversations c set expiration = settings.expiration, expiration_since = settings.expiration_since
    from settings where c.id = ${conversation.id}
      and (c.expiration_since is null or c.expiration_since <= settings.expiration_since)`.execute(tx);
}

/** One fact for each group; later facts replace earlier ones. */
function oneOfEach(facts: readonly ChatFact[]): ChatFact[] {
  const byChat = new Map<ChatId, ChatFact>();
  for (const fact of facts) byChat.set(fact.chat, { ...byChat.get(fact.chat), ...fact });
  return [...byChat.values()];
}

async function learnGroups(tx: Tx, profileId: string, facts: readonly ChatFact[], now: Date): Promise<void> {
  await sql`
    with facts as (
      select * from unnest(${facts.map(({ chat }) => chat)}::text[], ${facts.map(({ name }) => name ?? null)}::text[],
        ${facts.map(secondsOf)}::int[], ${facts.map(sinceOf)}::timestamptz[]) as f (chat, name, seconds, since)
    ), news as materialized (
      select c.id, f.name, f.seconds, f.since from conversations c join facts f on f.chat = c.chat
      where c.profile_id = ${profileId}
        and (f.name <> coalesce(c.name, '') or f.seconds <> coalesce(c.expiration, -1))
      order by c.id for no key update of c
    )
    update conversations c
    set name = coalesce(n.name, c.name), expiration = coalesce(n.seconds, c.expiration),
      expiration_since = coalesce(n.since, c.expiration_since), updated_at = ${now}
    from news n where n.id = c.id`.execute(tx);
}

async function learnPeople(tx: Tx, profileId: string, facts: readonly ChatFact[], now: Date): Promise<void> {
  const settings = facts.flatMap(({ chat, alias, expiration }) =>
    expiration ? [chat, alias].flatMap((name) => (name ? [{ name, ...expiration }] : [])) : [],
  );
  if (settings.length === 0) return;
  const isYounger = (c: string): RawBuilder<boolean> =>
    sql`(${sql.ref(`${c}.expiration_since`)} is null or ${sql.ref(`${c}.expiration_since`)} <= f.since)`;
  await sql`
    with facts as materialized (
      select distinct on (chat) * from unnest(${settings.map(({ name }) => name)}::text[],
        ${settings.map(({ seconds }) => seconds)}::int[], ${settings.map(({ since }) => since)}::timestamptz[])
        with ordinality as f (chat, seconds, since, n) order by chat, since desc, n desc
    ), named as materialized (
      select c.id, f.chat, f.seconds, f.since from facts f
      join conversations c on c.profile_id = ${profileId} and c.chat = f.chat
      union
      select c.id, f.chat, f.seconds, f.since from facts f
      join conversations c on c.profile_id = ${profileId} and c.lid = split_part(f.chat, '@', 1)
      where f.chat like '%@lid'
    ), locked as materialized (
      select id from conversations where id in (select id from named) order by id for no key update
    ), kept as (
      update conversations c set expiration = f.seconds, expiration_since = f.since, updated_at = ${now}
      from (select distinct on (id) * from named order by id, since desc) f join locked on locked.id = f.id
      where c.id = f.id and c.expiration is distinct from f.seconds and ${isYounger('c')}
    )
    insert into chat_expirations as e (profile_id, chat, expiration, expiration_since)
    select ${profileId}, f.chat, f.seconds, f.since from facts f
    where not exists (select 1 from named where named.chat = f.chat)
    order by f.chat
    on conflict (profile_id, chat) do update
      set expiration = excluded.expiration, expiration_since = excluded.expiration_since
      where e.expiration_since <= excluded.expiration_since`.execute(tx);
}

/**
 * Stores names of people who are contacts; their conversations follow, unless they are saved under another name. Answers the
 * contacts that have a new name.
 */
export async function learnNames(
  tx: Tx,
  profileId: string,
  people: readonly Named[],
  now: Date,
): Promise<ContactRow[]> {
  const { rows } = await sql<ContactRow & { shown: string }>`
    with ${namesLearnt(profileId, people, now)}, locked as materialized (
      select c.id, l.shown from conversations c join learnt l on l.id = c.contact_id
      where c.name is distinct from l.shown order by c.id for no key update of c
    ), followed as (
      update conversations c set name = l.shown, updated_at = ${now} from locked l where c.id = l.id
    )
    select * from learnt`.execute(tx);
  return rows.map(({ shown: _, ...row }) => row);
}

const secondsOf = ({ expiration }: ChatFact) => expiration?.seconds ?? null;
const sinceOf = ({ expiration }: ChatFact) => expiration?.since ?? null;
