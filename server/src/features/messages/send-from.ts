import { storedChat } from '../../platform/chat-id.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { conversationsById } from '../conversations/index.ts';
import type { Accept, SendHow } from './accept.ts';
import type { Content } from './kinds/kind.ts';
import { kindOf, type SendableKind, sendableKind } from './kinds/kinds.ts';
import type { MessageRow } from './messages.present.ts';
import type { MessageStore } from './messages.store.ts';
import type { MessageOrigin } from './origin.ts';
import type { Senders } from './senders.ts';

interface Common {
  origin: MessageOrigin;
  clientReference?: string | null;
}

/** What no copy takes along: it belongs to the chat the message stood in. */
const ofItsChat = ['quoted', 'mentions', 'mentionsAll', 'viewOnce', 'truncated', 'secret'];

/** Sends that begin from a message that exists: answers, copies, and what failed once more. */
export function createSendFrom(deps: {
  db: Db;
  store: MessageStore;
  senders: Pick<Senders, 'get'>;
  accept: Accept;
}) {
  const { db, store, senders, accept } = deps;

  async function found(tenancy: Tenancy, id: string, profileId?: string, says?: string) {
    if (profileId !== undefined) await senders.get(tenancy, profileId);
    const message = await store.find(tenancy, id, profileId);
    const [conversation] = message ? await conversationsById(db, [message.conversation_id]) : [];
    if (!message || !conversation) throw new Failure('MESSAGE_NOT_FOUND', says ? { says } : {});
    return { message, chat: storedChat(conversation.chat) };
  }

  return {
    /** Answers a message in its chat. @throws Failure */
    async reply(
      tenancy: Tenancy,
      order: Common & {
        profileId: string;
        quotedMessageId: string;
        text: string;
        mentions?: string[] | null;
      },
      how: SendHow,
    ) {
      const { origin, ...body } = order;
      const { profileId, quotedMessageId } = body;
      const { chat } = await found(tenancy, quotedMessageId, profileId, 'Quoted message not found');
      return accept.send(tenancy, { kind: sendableKind('text'), body: { ...body, to: chat }, origin }, how);
    },

    /** Passes a message on to another chat. @throws Failure */
    async forward(
      tenancy: Tenancy,
      order: Common & { profileId: string; messageId: string; to: string },
      how: SendHow,
    ) {
      const { origin, messageId, ...body } = order;
      const { message } = await found(tenancy, messageId, body.profileId);
      const { kind, content } = copyOf(message);
      return accept.send(tenancy, { kind, body, origin, content }, how);
    },

    /** Sends what failed once more, as a new message. @throws Failure */
    async retry(tenancy: Tenancy, id: string, { origin, clientReference }: Common, how: SendHow) {
      const { message, chat } = await found(tenancy, id);
      const hasFailed = ['failed', 'expired', 'cancelled'].includes(message.status);
      if (message.direction !== 'outgoing' || !hasFailed) throw new Failure('MESSAGE_NOT_FAILED');
      if (message.revoked_at) throw new Failure('MESSAGE_REVOKED');
      const body = {
        profileId: message.profile_id,
        to: chat,
        clientReference: clientReference ?? message.client_reference,
      };
      const kind = sendableKind(message.type);
      const { content, id: retryOf } = message;
      return accept.send(tenancy, { kind, body, origin, content, retryOf }, how);
    },
  };
}

export type SendFrom = ReturnType<typeof createSendFrom>;

function copyOf(message: MessageRow): { kind: SendableKind; content: Content } {
  if (message.revoked_at) throw new Failure('MESSAGE_REVOKED');
  const kind = kindOf(message.type);
  const plain = Object.fromEntries(
    Object.entries(message.content).filter(([name]) => !ofItsChat.includes(name)),
  );
  const copy = kind?.sending?.forwarded ? kind.sending.forwarded(plain) : plain;
  if (!kind?.sending || message.content.viewOnce || !copy) throw new Failure('MESSAGE_NOT_FORWARDABLE');
  const forwardingScore = Number(message.content.forwardingScore ?? 0) + 1;
  return { kind: kind as SendableKind, content: { ...copy, forwarded: true, forwardingScore } };
}
