import { sql } from 'kysely';
import type { Engine, EngineName } from '../../engines/port.ts';
import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import { type ChatId, chatKind, parseChatId, phoneChat } from '../../platform/chat-id.ts';
import { type Clock, later } from '../../platform/clock.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { resolveConversation } from '../conversations/index.ts';
import { messageQueued } from './messages.events.ts';
import { aboutOutgoing, type MessageRow, presentSend } from './messages.present.ts';
import type { SendAnswerBody, SendTextBody } from './messages.schema.ts';
import type { MessageStore } from './messages.store.ts';
import type { StoredQuote } from './outbox/outgoing.ts';
import type { Waiting } from './waiting.ts';

export interface AcceptDeps {
  db: Db;
  clock: Clock;
  store: MessageStore;
  events: EventRecorder;
  waiting: Waiting;
  engines: Record<EngineName, Engine>;
  idempotency: Pick<Idempotency, 'begin' | 'finish'>;
  defaultCountry: string;
  validitySeconds: number;
  /** There is something to send for this profile, on whichever node owns it. */
  poke(profileId: string): void;
}

interface Sender {
  id: string;
  engine: string;
  phone_number: string | null;
  default_country: string | null;
}

/** Takes messages in: once the answer is out, the message will be sent or visibly fail, whatever happens. */
export function createAccept(deps: AcceptDeps) {
  const { db, clock, store, events, waiting, idempotency } = deps;

  async function senderOf(tx: Tx, actor: Actor, profileId: string): Promise<Sender> {
    const found = await tx
      .selectFrom('profiles')
      .select(['id', 'engine', 'phone_number', 'default_country'])
      .where('id', '=', profileId)
      .where('organization_id', '=', actor.organizationId)
      .executeTakeFirst();
    if (!found) throw new Failure('PROFILE_NOT_FOUND');
    return found;
  }

  async function quoteOf(tx: Tx, actor: Actor, profileId: string, id: string): Promise<StoredQuote> {
    const quoted = await store.find(actor.organizationId, id, profileId, tx);
    if (!quoted) throw new Failure('MESSAGE_NOT_FOUND', { says: 'Quoted message not found' });
    const { text, caption } = quoted.content as { text?: string; caption?: string };
    return {
      waMessageId: quoted.wa_message_id,
      sender: quoted.sender,
      fromMe: quoted.direction === 'outgoing',
      text: text ?? caption ?? '',
    };
  }

  /** The row is the outbox; its WhatsApp id is fixed here, before anything is sent. */
  async function enqueue(
    tx: Tx,
    actor: Actor,
    sender: Sender,
    chat: ChatId,
    message: { type: string; content: Record<string, unknown>; quotedId: string | null },
  ): Promise<MessageRow> {
    const now = clock.now();
    const whose = { organizationId: actor.organizationId, profileId: sender.id };
    const conversation = await resolveConversation(tx, clock, whose, chat);
    const row = await store.insert(tx, {
      id: newId(),
      organization_id: actor.organizationId,
      profile_id: sender.id,
      conversation_id: conversation.id,
      wa_message_id: deps.engines[sender.engine as EngineName].newMessageId(),
      direction: 'outgoing',
      sender: sender.phone_number ? phoneChat(sender.phone_number) : null,
      sender_name: null,
      type: message.type,
      content: JSON.stringify(message.content),
      quoted_message_id: message.quotedId,
      status: 'queued',
      failure_code: null,
      failure_reason: null,
      generation: null,
      expires_at: later(now, deps.validitySeconds * 1000),
      timestamp: now,
      created_at: now,
      updated_at: now,
    });
    if (!row) throw new Error('a fresh message id was taken already');
    await sql`update conversations set last_message_at = greatest(last_message_at, ${now}), updated_at = ${now}
      where id = ${conversation.id}`.execute(tx);
    await events.record(tx, messageQueued, {
      organizationId: actor.organizationId,
      profileId: sender.id,
      body: aboutOutgoing(row, conversation.chat),
    });
    return row;
  }

  return {
    /** `waitSeconds` holds the answer until WhatsApp's server has the message, or it failed, or time is up. */
    async sendText(
      actor: Actor,
      body: SendTextBody,
      how: { waitSeconds: number; claim?: IdempotencyClaim | undefined },
    ): Promise<SendAnswerBody> {
      let held: ReturnType<Waiting['wait']> | undefined;
      try {
        const row = await inTransaction(db, async (tx) => {
          await idempotency.begin(tx, how.claim);
          const sender = await senderOf(tx, actor, body.profileId);
          const chat = parseChatId(body.to, sender.default_country ?? deps.defaultCountry);
          if (chatKind(chat) === 'broadcast') {
            throw new Failure('INVALID_RECIPIENT', {
              says: 'Broadcast lists can’t be written to from a linked device.',
            });
          }
          const quoted = body.quotedMessageId
            ? await quoteOf(tx, actor, sender.id, body.quotedMessageId)
            : undefined;
          const accepted = await enqueue(tx, actor, sender, chat, {
            type: 'text',
            content: { text: body.text, ...(quoted && { quoted }) },
            quotedId: quoted?.waMessageId ?? null,
          });
          await idempotency.finish(tx, how.claim, 201, presentSend(accepted));
          held?.forget();
          held = how.waitSeconds > 0 ? waiting.wait(accepted.id, how.waitSeconds * 1000) : undefined;
          afterCommit(tx, () => deps.poke(accepted.profile_id));
          return accepted;
        });
        const decided = await held?.decided;
        if (!decided) return presentSend(row);
        await idempotency.finish(db, how.claim, 201, presentSend(decided));
        return presentSend(decided);
      } catch (error) {
        held?.forget();
        throw error;
      }
    },
  };
}
