import { sql } from 'kysely';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Log } from '../../platform/log.ts';
import { messageQueued } from './messages.events.ts';
import type { MessageRow } from './messages.present.ts';
import { aboutOutgoingJson } from './outgoing.sql.ts';

/** A message with everything decided, to be kept. */
export interface ReadyMessage {
  id: string;
  organizationId: string;
  profileId: string;
  chat: ChatId;
  sender: ChatId | null;
  waMessageId: string;
  type: string;
  content: Record<string, unknown>;
  acceptedAt: Date;
  expiresAt: Date;
}

type Kept = Pick<MessageRow, 'id' | 'conversation_id'>;

const batchMax = 64;
const batchesAtOnce = 2;

/**
 * Keeps messages to chats that exist already, also when another form of their number was dialled: message,
 * conversation and event in one statement, and those that arrive while one is under way together in the next. Answers
 * undefined for a message it could not place (a new chat, a profile that is gone), for the caller to take the long way.
 * Conversations are locked by id, as where what arrived is stored: in any other order two statements could wait for
 * each other until the database ends one, a second later.
 */
export function createQuickAccept(deps: { db: Db; log: Log; events: EventRecorder }) {
  const { db, log, events } = deps;
  let waiting: { message: ReadyMessage; done: (conversationId: string | undefined) => void }[] = [];
  let running = 0;

  async function run(): Promise<void> {
    running += 1;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMax);
      waiting = waiting.slice(batchMax);
      const kept = await keep(batch.map((one) => one.message)).catch((error: unknown) => {
        log.debug({ err: error, count: batch.length }, 'a batch could not be kept at once; one by one then');
        return [];
      });
      const conversations = new Map(kept.map((row) => [row.id, row.conversation_id]));
      if (kept.length > 0) events.committed();
      for (const { message, done } of batch) done(conversations.get(message.id));
    }
    running -= 1;
  }

  async function keep(messages: ReadyMessage[]): Promise<Kept[]> {
    const input = messages.map((message, n) => ({
      n,
      id: message.id,
      organization_id: message.organizationId,
      profile_id: message.profileId,
      dialled: message.chat,
      sender: message.sender,
      wa_message_id: message.waMessageId,
      type: message.type,
      content: message.content,
      timestamp: message.acceptedAt,
      expires_at: message.expiresAt,
    }));
    const told = events.insertFrom({
      definition: messageQueued,
      from: sql`(select known.*, 'queued' as status from known) as kept order by n`,
      body: aboutOutgoingJson,
    });
    const { rows } = await sql<Kept>`
      with input as materialized (
        select * from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i (
          n int, id uuid, organization_id uuid, profile_id uuid, dialled text, sender text, wa_message_id text,
          type text, content jsonb, "timestamp" timestamptz, expires_at timestamptz)
      ), dialled as materialized (
        select d.profile_id, d.dialled, d.address from dialled_numbers d
        where (d.profile_id, d.dialled) in (select profile_id, dialled from input)
      ), locked as materialized (
        select c.id, c.profile_id, c.chat from conversations c
        where (c.profile_id, c.chat) in
            (select profile_id, dialled from input union all select profile_id, address from dialled)
          and not c.unreached
        order by c.id for no key update
      ), known as materialized (
        select i.*, coalesce(c.chat, other.chat) as chat, coalesce(c.id, other.id) as conversation_id
        from input i
        join profiles p on p.id = i.profile_id and p.organization_id = i.organization_id
        left join locked c on c.profile_id = i.profile_id and c.chat = i.dialled
        left join dialled d on d.profile_id = i.profile_id and d.dialled = i.dialled
        left join locked other on other.profile_id = d.profile_id and other.chat = d.address
        where coalesce(c.id, other.id) is not null
      ), kept as (
        insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, sender,
          type, content, status, expires_at, "timestamp", created_at, updated_at)
        select id, organization_id, profile_id, conversation_id, wa_message_id, 'outgoing', sender,
          type, content, 'queued', expires_at, "timestamp", "timestamp", "timestamp"
        from known order by n
      ), touched as (
        update conversations c
        set last_message_at = greatest(c.last_message_at, k.latest), updated_at = k.latest
        from (select conversation_id, max("timestamp") as latest from known group by conversation_id) k
        where c.id = k.conversation_id
      ), told as (${told})
      select id, conversation_id from known`.execute(db);
    return rows;
  }

  return {
    /** The conversation it was kept in. */
    keep(message: ReadyMessage): Promise<string | undefined> {
      return new Promise((done) => {
        waiting.push({ message, done });
        // A turn later, so that requests read from their sockets in the same turn go together.
        if (running < batchesAtOnce)
          setImmediate(() => waiting.length > 0 && running < batchesAtOnce && void run());
      });
    },
  };
}

export type QuickAccept = ReturnType<typeof createQuickAccept>;
