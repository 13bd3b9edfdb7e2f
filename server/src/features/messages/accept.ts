import { sql } from 'kysely';
import type { Engine, EngineName } from '../../engines/port.ts';
import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import { chatKind, parseChatId, phoneChat, phoneOf } from '../../platform/chat-id.ts';
import { type Clock, later } from '../../platform/clock.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { chatReachedBy, resolveConversation } from '../conversations/index.ts';
import type { SendableKind } from './kinds/kinds.ts';
import type { SendBody } from './kinds/send-body.ts';
import { messageQueued } from './messages.events.ts';
import { aboutOutgoing, presentSend } from './messages.present.ts';
import type { SendAnswerBody } from './messages.schema.ts';
import type { MessageStore } from './messages.store.ts';
import type { QuickAccept, ReadyMessage } from './quick-accept.ts';
import type { Quotes } from './quotes.ts';
import { mentionsOf, refuseOtherKinds } from './send-fields.ts';
import type { Sender, Senders } from './senders.ts';
import type { Waiting } from './waiting.ts';

export interface AcceptDeps {
  db: Db;
  clock: Clock;
  store: MessageStore;
  events: EventRecorder;
  waiting: Waiting;
  senders: Senders;
  quick: QuickAccept;
  quotes: Quotes;
  engines: Record<EngineName, Engine>;
  idempotency: Pick<Idempotency, 'begin' | 'finish'>;
  defaultCountry: string;
  validitySeconds: number;
  /** There is something to send for this profile, on whichever node owns it. */
  poke(profileId: string): void;
}

/** How a send is asked for, beside what it says. */
export interface SendHow {
  /** Holds the answer until WhatsApp's server has the message, or it failed, or time is up. */
  waitSeconds: number;
  claim?: IdempotencyClaim | undefined;
}

/** Takes messages in: once the answer is out, the message will be sent or visibly fail, whatever happens. */
export function createAccept(deps: AcceptDeps) {
  const { db, clock, store, events, waiting, idempotency } = deps;

  /** Everything about the message is decided here, its WhatsApp id too, before anything is kept or sent. */
  function ready(sender: Sender, to: string, type: string, content: Record<string, unknown>): ReadyMessage {
    const chat = parseChatId(to, sender.defaultCountry ?? deps.defaultCountry);
    if (['broadcast', 'status'].includes(chatKind(chat))) {
      throw new Failure('INVALID_RECIPIENT', {
        says: 'Broadcast lists and status updates can’t be written to here.',
      });
    }
    const acceptedAt = clock.now();
    return {
      id: newId(),
      organizationId: sender.organizationId,
      profileId: sender.id,
      chat,
      sender: sender.phone ? phoneChat(sender.phone) : null,
      waMessageId: deps.engines[sender.engine as EngineName].newMessageId(),
      type,
      content,
      acceptedAt,
      expiresAt: later(acceptedAt, deps.validitySeconds * 1000),
    };
  }

  /** The long way: it makes what is missing, and shares its transaction with an idempotency key. */
  async function keep(tx: Tx, message: ReadyMessage, quotedId: string | null): Promise<string> {
    const { organizationId, profileId, acceptedAt: now } = message;
    const chat = phoneOf(message.chat) ? await chatReachedBy(tx, profileId, message.chat) : message.chat;
    const conversation = await resolveConversation(tx, clock, { organizationId, profileId }, chat);
    const row = await store.insert(tx, {
      id: message.id,
      organization_id: organizationId,
      profile_id: profileId,
      conversation_id: conversation.id,
      wa_message_id: message.waMessageId,
      direction: 'outgoing',
      sender: message.sender,
      sender_name: null,
      type: message.type,
      content: JSON.stringify(message.content),
      quoted_message_id: quotedId,
      status: 'queued',
      failure_code: null,
      failure_reason: null,
      generation: null,
      expiration: null,
      expires_at: message.expiresAt,
      timestamp: now,
      created_at: now,
      updated_at: now,
    });
    // It was kept by a quick batch whose answer got lost on the way back.
    if (!row) return conversation.id;
    await sql`update conversations set last_message_at = greatest(last_message_at, ${now}), updated_at = ${now}
      where id = ${conversation.id}`.execute(tx);
    const body = aboutOutgoing(row, conversation.chat);
    await events.record(tx, messageQueued, { organizationId, profileId, body });
    return conversation.id;
  }

  async function keepWithKey(message: ReadyMessage, quotedId: string | null, claim: SendHow['claim']) {
    return inTransaction(db, async (tx) => {
      await idempotency.begin(tx, claim);
      await deps.senders.confirm(tx, message);
      const conversationId = await keep(tx, message, quotedId);
      await idempotency.finish(tx, claim, 201, answerOf(message, conversationId));
      afterCommit(tx, () => deps.poke(message.profileId));
      return conversationId;
    });
  }

  async function accept(
    message: ReadyMessage,
    quotedId: string | null,
    how: SendHow,
  ): Promise<SendAnswerBody> {
    const held = how.waitSeconds > 0 ? waiting.wait(message.id, how.waitSeconds * 1000) : undefined;
    try {
      let conversationId = how.claim || quotedId ? undefined : await deps.quick.keep(message);
      if (conversationId) deps.poke(message.profileId);
      else conversationId = await keepWithKey(message, quotedId, how.claim);
      const decided = await held?.decided;
      if (!decided) return answerOf(message, conversationId);
      await idempotency.finish(db, how.claim, 201, presentSend(decided));
      return presentSend(decided);
    } finally {
      held?.forget();
    }
  }

  return {
    async send(actor: Actor, kind: SendableKind, body: SendBody, how: SendHow): Promise<SendAnswerBody> {
      refuseOtherKinds(kind, body);
      const sender = await deps.senders.get(actor, body.profileId);
      const quoted = body.quotedMessageId
        ? await deps.quotes.find(actor, sender.id, body.quotedMessageId)
        : undefined;
      const mentions = mentionsOf(body.mentions ?? [], sender.defaultCountry ?? deps.defaultCountry);
      const message = ready(sender, body.to, kind.type, {
        ...kind.sending.contentOf(body),
        ...(quoted && { quoted }),
        ...(mentions.length > 0 && { mentions }),
      });
      return accept(message, quoted?.waMessageId ?? null, how);
    },
  };
}

export type Accept = ReturnType<typeof createAccept>;

function answerOf(message: ReadyMessage, conversationId: string): SendAnswerBody {
  return {
    success: true,
    messageId: message.id,
    waMessageId: message.waMessageId,
    conversationId,
    status: 'queued',
    timestamp: message.acceptedAt.toISOString(),
  };
}
