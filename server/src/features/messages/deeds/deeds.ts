import type { Engine, EngineName, EngineSession } from '../../../engines/port.ts';
import type { Idempotency, IdempotencyClaim } from '../../../http/idempotency.ts';
import { chatKind, storedChat } from '../../../platform/chat-id.ts';
import { type Clock, later } from '../../../platform/clock.ts';
import { afterCommit, type Db, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import { conversationsById } from '../../conversations/index.ts';
import type { MessageStatus } from '../message-status.ts';
import type { MessageRow } from '../messages.present.ts';
import type { MessageStore } from '../messages.store.ts';
import type { MessageOrigin } from '../origin.ts';
import type { Senders } from '../senders.ts';
import type { Waiting } from '../waiting.ts';
import type { DeedStore, ReadyDeed } from './deeds.store.ts';
import { refuseAtOnce } from './refusals.ts';

export interface DeedsDeps {
  db: Db;
  clock: Clock;
  store: DeedStore;
  messages: Pick<MessageStore, 'find'>;
  senders: Senders;
  waiting: Waiting;
  engines: Record<EngineName, Engine>;
  idempotency: Pick<Idempotency, 'once' | 'recall' | 'finish'>;
  validitySeconds: number;
  /** The connection of a profile when this node has it. */
  live(profileId: string): { session: EngineSession } | undefined;
  poke(profileId: string): void;
}

/** What is asked to be done to a message. */
export interface DeedOrder {
  kind: ReadyDeed['kind'];
  /** Absent: whichever profile has the message. */
  profileId?: string | undefined;
  /** Ours or WhatsApp's. */
  messageId: string;
  content: Record<string, unknown>;
  origin: MessageOrigin;
  clientReference?: string | null | undefined;
}

export interface DeedHow {
  waitSeconds: number;
  claim?: IdempotencyClaim | undefined;
}

/** How often somebody who waits looks, for it may be decided on another node. */
const lookMs = 500;

/** Takes in what is to be done to messages: once the answer is out, it will be done or visibly fail. */
export function createDeeds(deps: DeedsDeps) {
  const { db, clock, store, waiting, idempotency } = deps;

  async function targetOf(
    tenancy: Tenancy,
    { profileId, messageId }: Pick<DeedOrder, 'profileId' | 'messageId'>,
    from: Db | Tx = db,
  ) {
    if (profileId !== undefined) await deps.senders.get(tenancy, profileId, from);
    const message = await deps.messages.find(tenancy, messageId, profileId, from);
    const [conversation] = message ? await conversationsById(from, [message.conversation_id]) : [];
    if (!message || !conversation) throw new Failure('MESSAGE_NOT_FOUND');
    return { message, chat: storedChat(conversation.chat) };
  }

  function ready({ kind, content, origin, clientReference }: DeedOrder, message: MessageRow, engine: Engine) {
    const at = clock.now();
    return {
      id: newId(),
      organizationId: message.organization_id,
      profileId: message.profile_id,
      messageId: message.id,
      kind,
      waMessageId: engine.newMessageId(),
      content,
      origin,
      clientReference: clientReference ?? null,
      at,
      expiresAt: later(at, deps.validitySeconds * 1000),
    } satisfies ReadyDeed;
  }

  /** What became of it by the end of the wait. */
  async function decided(id: string, waitSeconds: number) {
    const untilMs = performance.now() + waitSeconds * 1000;
    for (;;) {
      const held = waiting.wait(id, Math.max(0, Math.min(lookMs, untilMs - performance.now())));
      const deed = await store.find(id);
      if (deed?.status !== 'queued' || performance.now() >= untilMs) {
        held.forget();
        return deed;
      }
      await held.decided;
    }
  }

  async function keep(tx: Tx, deed: ReadyDeed): Promise<void> {
    await deps.senders.confirm(tx, deed);
    await store.keep(tx, deed);
    afterCommit(tx, () => deps.poke(deed.profileId));
  }

  return {
    /** The same for other features, in their transaction: what the network would refuse fails when it is done. @throws Failure */
    async askIn(tx: Tx, tenancy: Tenancy, order: DeedOrder): Promise<void> {
      const { message, chat } = await targetOf(tenancy, order, tx);
      const sender = await deps.senders.get(tenancy, message.profile_id, tx);
      refuseAtOnce(order, { message, chat, now: clock.now() });
      await keep(tx, ready(order, message, deps.engines[sender.engine as EngineName]));
    },

    /** The message that is meant, with its chat. @throws Failure PROFILE_NOT_FOUND, MESSAGE_NOT_FOUND */
    targetOf,

    async ask(tenancy: Tenancy, order: DeedOrder, how: DeedHow) {
      // Done by now, it could not be done again.
      await idempotency.recall(how.claim);
      const { message, chat } = await targetOf(tenancy, order);
      const sender = await deps.senders.get(tenancy, message.profile_id);
      const standing =
        chatKind(chat) === 'group'
          ? deps.live(message.profile_id)?.session.groups?.standing(chat)
          : undefined;
      // Where the network is not there to be asked, the deed waits for it and fails then.
      const known = standing && { standing: await standing.catch(() => null) };
      refuseAtOnce(order, { message, chat, now: clock.now(), ...known });
      const deed = ready(order, message, deps.engines[sender.engine as EngineName]);
      const about = {
        messageId: message.id,
        waMessageId: message.wa_message_id,
        conversationId: message.conversation_id,
        chatId: chat,
        timestamp: deed.at.toISOString(),
        ...(deed.clientReference !== null && { clientReference: deed.clientReference }),
      };
      const taken = { success: true, status: 'queued' as MessageStatus, ...about };
      const answer = await idempotency.once(how.claim, 201, async (tx) => {
        await keep(tx, deed);
        return taken;
      });
      const found = how.waitSeconds > 0 ? await decided(deed.id, how.waitSeconds) : undefined;
      if (!found || found.status === 'queued') return answer;
      const outcome = {
        ...taken,
        success: found.status === 'sent',
        status: found.status as MessageStatus,
        ...(found.failure_reason && { error: found.failure_reason }),
        ...(found.failure_code && { errorCode: found.failure_code }),
      };
      await idempotency.finish(db, how.claim, 201, outcome);
      return outcome;
    },
  };
}

export type Deeds = ReturnType<typeof createDeeds>;
