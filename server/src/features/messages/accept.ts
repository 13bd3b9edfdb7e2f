import type { Engine, EngineName } from '../../engines/port.ts';
import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import {
  type ChatId,
  chatKind,
  parseChatId,
  phoneChat,
  phoneOf,
  storedChat,
} from '../../platform/chat-id.ts';
import { type Clock, later } from '../../platform/clock.ts';
import type { WakeAt } from '../../platform/concurrency/wake-at.ts';
import type { Json } from '../../platform/db/json-column.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import type { Tracing } from '../../platform/tracing/tracing.ts';
import { tellOfPeople } from '../contacts/index.ts';
import { chatReachedBy, resolveConversation } from '../conversations/index.ts';
import { adopt } from './adopt.store.ts';
import { hasFile, type OutgoingFiles } from './files/outgoing-files.ts';
import { type Gate, passed } from './gate.ts';
import { type Kept, keepFirstMessages, keepMessages, type ReadyMessage } from './keep.sql.ts';
import type { Content } from './kinds/kind.ts';
import { type SendableKind, sendableKind } from './kinds/kinds.ts';
import type { SendBody } from './kinds/send-body.ts';
import { presentSend } from './messages.present.ts';
import type { SendAnswerBody } from './messages.schema.ts';
import type { MessageOrigin } from './origin.ts';
import type { StoredQuote } from './outbox/outgoing.ts';
import type { Previews } from './previews/previews.ts';
import type { QuickAccept } from './quick-accept.ts';
import type { Quotes } from './quotes.ts';
import { mentionsOf, refuseOtherKinds } from './send-fields.ts';
import type { Senders } from './senders.ts';
import type { Waiting } from './waiting.ts';

export interface AcceptDeps {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  waiting: Waiting;
  senders: Senders;
  quick: QuickAccept;
  quotes: Quotes;
  engines: Record<EngineName, Engine>;
  idempotency: Pick<Idempotency, 'begin' | 'recall' | 'finish'>;
  defaultCountry: string;
  validitySeconds: number;
  /** There is something to send for this profile, on whichever node owns it. */
  poke(profileId: string): void;
  due: Pick<WakeAt, 'at'>;
  outgoingFiles: OutgoingFiles;
  previews: Previews;
  tracing: Pick<Tracing, 'keep'>;
  /** The sending policy, asked of messages whose profile wants it. */
  gate: Gate;
  /** The others in a group, as far as it is known; undefined when the profile is not in it. */
  membersOf(db: Db | Tx, profileId: string, chat: ChatId): Promise<ChatId[] | undefined>;
}

/** A message that somebody wants to be sent. */
interface SendOrder {
  kind: SendableKind;
  body: SendBody;
  origin: MessageOrigin;
  /** The failed message that it repeats. */
  retryOf?: string;
  /** What it says, when a message that exists says the same; else the body does. */
  content?: Content;
  /** Not before then; its validity begins there. */
  dueAt?: Date;
  /** What is told of it beside what it says. */
  metadata?: Json;
  /** How long it may wait to be sent, where that is not what the server is set to. */
  validForSeconds?: number;
}

/** The same as another feature names it. Its body has passed the schema of the kind. */
export interface Delivery extends Omit<SendOrder, 'kind'> {
  /** Of a kind that can be sent. */
  type: string;
}

/** What a message for later says, and to whom: `deliver` takes it as it is. */
export type Prepared = Pick<ReadyMessage, 'chat' | 'type' | 'content'>;

/** How a send is asked for, beside what it says. */
export interface SendHow {
  /** Holds the answer until WhatsApp's server has the message, or it failed, or time is up. */
  waitSeconds: number;
  claim?: IdempotencyClaim | undefined;
}

/** Takes messages in: once the answer is out, the message will be sent or visibly fail, whatever happens. */
export function createAccept(deps: AcceptDeps) {
  const { db, clock, events, waiting, idempotency } = deps;
  const tell = tellOfPeople(events);

  /** What a request says; its file is taken in. */
  async function contentOf(
    tenancy: Tenancy,
    kind: SendableKind,
    { body, country }: { body: SendBody; country: string },
    tx?: Tx,
  ): Promise<Content> {
    return {
      ...kind.sending.contentOf(body, { country }),
      ...(!tx && (await kind.sending.lookUp?.(body, deps))),
      ...(kind.sending.file && (await deps.outgoingFiles.take(tenancy, kind.sending.file, body, tx))),
    };
  }

  /** Everything about the message is decided here, its WhatsApp id too, before anything is kept or sent. */
  async function ready(
    tenancy: Tenancy,
    { kind: asked, body, origin, dueAt, retryOf, content, ...more }: SendOrder,
    tx?: Tx,
  ): Promise<ReadyMessage> {
    refuseOtherKinds(asked, body);
    const kind = sendableKind(asked.sending.becomes?.(body) ?? asked.type);
    const sender = await deps.senders.get(tenancy, body.profileId, tx);
    const quotedId = body.quotedMessageId;
    const quoted = quotedId ? await deps.quotes.find(tenancy, sender.id, quotedId, tx) : undefined;
    const country = sender.defaultCountry ?? deps.defaultCountry;
    const chat = parseChatId(body.to, country);
    const mentions = body.mentionAll
      ? await everybodyIn(tx ?? db, sender.id, chat)
      : mentionsOf(body.mentions ?? [], country);
    if (['broadcast', 'status'].includes(chatKind(chat))) {
      throw new Failure('INVALID_RECIPIENT', {
        says: 'Broadcast lists can’t be written to; status updates are posted with POST /statuses.',
      });
    }
    const says = content ?? (await contentOf(tenancy, kind, { body, country }, tx));
    const acceptedAt = clock.now();
    const waMessageId = deps.engines[sender.engine as EngineName].newMessageId();
    deps.tracing.keep({ organizationId: sender.organizationId, profileId: sender.id, waMessageId });
    return {
      id: newId(),
      organizationId: sender.organizationId,
      profileId: sender.id,
      chat,
      sender: sender.phone ? phoneChat(sender.phone) : null,
      waMessageId,
      type: kind.type,
      content: {
        ...says,
        ...(quoted && { quoted }),
        ...(mentions.length > 0 && { mentions }),
        ...(body.mentionAll && { mentionsAll: true }),
      },
      quotedId: quoted?.waMessageId ?? quotedIn(content),
      origin,
      metadata: more.metadata,
      clientReference: body.clientReference ?? null,
      retryOf: retryOf ?? null,
      acceptedAt,
      dueAt,
      expiresAt: later(dueAt ?? acceptedAt, (more.validForSeconds ?? deps.validitySeconds) * 1000),
      // A language model answers as part of an automation.
      isJudged: sender.judged.includes(origin.kind === 'ai' ? 'automation' : origin.kind),
    };
  }

  async function everybodyIn(from: Db | Tx, profileId: string, chat: ChatId): Promise<ChatId[]> {
    const members = chatKind(chat) === 'group' ? await deps.membersOf(from, profileId, chat) : undefined;
    if (members) return members;
    const problem = 'is for groups that the profile is in';
    throw new Failure('VALIDATION_ERROR', { details: [{ path: '/mentionAll', problem }] });
  }

  /** Keeps a message in the transaction of the caller; answers its conversation. `isTried` when the quick way was no way. */
  async function keep(tx: Tx, asked: ReadyMessage, isTried = false): Promise<string> {
    // Mostly its chat is there, and nothing else is asked: then one statement is all there is to do.
    const isUsual = !asked.isJudged && !isTried;
    const usual = isUsual ? (await keepMessages(tx, events, [asked]))[0] : undefined;
    const { message, kept } = usual
      ? { message: asked, kept: usual }
      : await keepAnywhere(tx, asked, isTried);
    await deps.outgoingFiles.refer(tx, message);
    afterCommit(tx, () => {
      events.committed();
      if (message.dueAt) deps.due.at(message.dueAt);
      else deps.poke(message.profileId);
    });
    return kept.conversation_id;
  }

  /** The long way: it makes the conversation where there is none, and asks the sending policy. */
  async function keepAnywhere(
    tx: Tx,
    asked: ReadyMessage,
    isTried: boolean,
  ): Promise<{ message: ReadyMessage; kept: Kept }> {
    const { organizationId, profileId } = asked;
    await deps.senders.confirm(tx, asked);
    const message = asked.isJudged ? await passed(tx, deps.gate, asked) : asked;
    const kept = isTried ? undefined : await keepShortly(tx, message);
    if (kept) return { message, kept };
    const dialled = phoneOf(message.chat) ? await chatReachedBy(tx, profileId, message.chat) : message.chat;
    const place = async () => {
      const whose = { organizationId, profileId };
      const { chat } = await resolveConversation(tx, { clock, adopt, tell }, whose, dialled, {
        isDialled: true,
      });
      return (await keepMessages(tx, events, [{ ...message, chat: storedChat(chat) }]))[0];
    };
    // Between the two the conversation may have left the lists, its number not being on WhatsApp: it is brought back.
    const placed = (await place()) ?? (await place());
    if (!placed) throw new Failure('INTERNAL_ERROR', { cause: 'a message could not be placed' });
    return { message, kept: placed };
  }

  /** In a chat that is there, where nobody has tried that yet, or as the first message to a number nobody knows. */
  async function keepShortly(tx: Tx, message: ReadyMessage): Promise<Kept | undefined> {
    const usual = message.isJudged ? (await keepMessages(tx, events, [message]))[0] : undefined;
    return usual ?? (await keepFirstMessages(tx, events, [message]))[0];
  }

  async function keepWithKey(message: ReadyMessage, claim: SendHow['claim'], isTried: boolean) {
    return inTransaction(db, async (tx) => {
      await idempotency.begin(tx, claim);
      const conversationId = await keep(tx, message, isTried);
      await idempotency.finish(tx, claim, 201, answerOf(message, conversationId));
      return conversationId;
    });
  }

  async function accept(message: ReadyMessage, how: SendHow): Promise<SendAnswerBody> {
    const held = how.waitSeconds > 0 ? waiting.wait(message.id, how.waitSeconds * 1000) : undefined;
    try {
      // What refers to a file does so in the transaction that keeps it.
      const isQuick = !how.claim && !message.isJudged && !hasFile(message);
      let conversationId = isQuick ? await deps.quick.keep(message) : undefined;
      conversationId ??= await keepWithKey(message, how.claim, isQuick);
      const decided = await held?.decided;
      if (!decided) return answerOf(message, conversationId);
      await idempotency.finish(db, how.claim, 201, presentSend(decided));
      return presentSend(decided);
    } finally {
      held?.forget();
    }
  }

  return {
    /** Takes a message in a transaction of its own, or in that of its idempotency key. */
    async send(tenancy: Tenancy, order: SendOrder, how: SendHow): Promise<SendAnswerBody> {
      // Its file may be gone by now, and what it quotes.
      await idempotency.recall(how.claim);
      return accept(await ready(tenancy, order), how);
    },

    /**
     * Decides all that can be decided now about a message that another feature will deliver later: its file is taken in,
     * what it quotes is found. Nothing is kept.
     * @throws Failure as the routes do
     */
    async prepare(
      tenancy: Tenancy,
      { type, ...order }: Omit<Delivery, 'dueAt' | 'retryOf'>,
    ): Promise<Prepared> {
      const { chat, content, ...message } = await ready(tenancy, { ...order, kind: sendableKind(type) });
      return { chat, type: message.type, content };
    },

    /**
     * What a request says that goes to no chat, its file taken in. Nothing is kept.
     * @throws Failure as the routes do
     */
    async say(tenancy: Tenancy, { type, body }: { type: string; body: object & { profileId: string } }) {
      const asked = sendableKind(type);
      refuseOtherKinds(asked, body);
      const kind = sendableKind(asked.sending.becomes?.(body as SendBody) ?? asked.type);
      const sender = await deps.senders.get(tenancy, body.profileId);
      const country = sender.defaultCountry ?? deps.defaultCountry;
      const content = await contentOf(tenancy, kind, { body: body as SendBody, country });
      return { sender, country, type: kind.type, content };
    },

    /**
     * Takes a message in the transaction of the caller, for other features: it will be sent if that commits, and only
     * then. All is read in it, too: who holds a connection must not wait for a second one.
     * @throws Failure as the routes do, before anything is written
     */
    async deliver(tx: Tx, tenancy: Tenancy, { type, ...order }: Delivery): Promise<SendAnswerBody> {
      const message = await ready(tenancy, { ...order, kind: sendableKind(type) }, tx);
      return answerOf(message, await keep(tx, message));
    },
  };
}

export type Accept = ReturnType<typeof createAccept>;

/** Of what repeats another message: what that one quoted. */
function quotedIn(content: Content | undefined): string | null {
  return (content?.quoted as StoredQuote | undefined)?.waMessageId ?? null;
}

function answerOf(message: ReadyMessage, conversationId: string): SendAnswerBody {
  return {
    success: true,
    messageId: message.id,
    waMessageId: message.waMessageId,
    conversationId,
    status: 'queued',
    timestamp: message.acceptedAt.toISOString(),
    ...(message.clientReference !== null && { clientReference: message.clientReference }),
  };
}
