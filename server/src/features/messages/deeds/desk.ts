import { tryParseChatId } from '../../../platform/chat-id.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import { conversationOfChat } from '../../conversations/index.ts';
import type { Cancelling } from '../cancelling.ts';
import type { MessageOrigin } from '../origin.ts';
import { mentionsOf } from '../send-fields.ts';
import type { Senders } from '../senders.ts';
import type { DeedHow, Deeds } from './deeds.ts';

interface Order {
  messageId: string;
  origin: MessageOrigin;
  clientReference?: string | null | undefined;
}

/** Whole emoji of one sign: also flags, and digits in a box. */
const isEmoji = (text: string) =>
  [...new Intl.Segmenter().segment(text)].length === 1 &&
  /\p{Extended_Pictographic}|\p{Regional_Indicator}|[#*0-9]\uFE0F?\u20E3/u.test(text);

type Reaction = Order & { profileId: string; emoji: string };

function reactionOf({ emoji, ...order }: Reaction) {
  if (emoji !== '' && !isEmoji(emoji)) {
    const details = [{ path: '/emoji', problem: 'must be one emoji, or empty' }];
    throw new Failure('VALIDATION_ERROR', { details });
  }
  return { ...order, kind: 'reaction' as const, content: { emoji } };
}

/** Understands what is asked to be done to messages. */
export function createDeedDesk(deps: {
  db: Db;
  deeds: Deeds;
  senders: Senders;
  cancelling: Cancelling;
  defaultCountry: string;
}) {
  const { db, deeds } = deps;

  async function countryOf(tenancy: Tenancy, profileId: string): Promise<string> {
    return (await deps.senders.get(tenancy, profileId)).defaultCountry ?? deps.defaultCountry;
  }

  /** A message of another chat than the one that was named is not there. */
  async function assertChat(
    tenancy: Tenancy,
    order: { profileId: string; messageId: string; chatId: string },
  ) {
    const { profileId, chatId } = order;
    const named = tryParseChatId(chatId, await countryOf(tenancy, profileId));
    if (!named) throw new Failure('INVALID_RECIPIENT', { says: `Invalid recipient: ${chatId.slice(0, 64)}` });
    const { message } = await deeds.targetOf(tenancy, order);
    const conversation = await inTransaction(db, (tx) => conversationOfChat(tx, profileId, named));
    if (conversation?.id !== message.conversation_id) throw new Failure('MESSAGE_NOT_FOUND');
  }

  return {
    react: async (tenancy: Tenancy, order: Reaction, how: DeedHow) =>
      deeds.ask(tenancy, reactionOf(order), how),

    /** In the transaction of another feature. @throws Failure */
    reactIn: async (tx: Tx, tenancy: Tenancy, order: Reaction) => deeds.askIn(tx, tenancy, reactionOf(order)),

    async takeBack(
      tenancy: Tenancy,
      order: Order & { profileId: string; chatId: string | undefined },
      how: DeedHow,
    ) {
      const { chatId, ...more } = order;
      if (chatId !== undefined) await assertChat(tenancy, { ...more, chatId });
      const cancelled = await deps.cancelling.instead(tenancy, more, how.claim);
      return cancelled ?? deeds.ask(tenancy, { ...more, kind: 'revoked', content: {} }, how);
    },

    /** @param seconds that it is pinned for everybody; 0 takes the pin off */
    async pin(tenancy: Tenancy, { seconds, ...order }: Order & { seconds: number }, how: DeedHow) {
      return deeds.ask(tenancy, { ...order, kind: 'pinned', content: { seconds } }, how);
    },

    async keep(tenancy: Tenancy, { kept, ...order }: Order & { kept: boolean }, how: DeedHow) {
      return deeds.ask(tenancy, { ...order, kind: 'kept', content: { kept } }, how);
    },

    async edit(
      tenancy: Tenancy,
      { text, mentions: named, ...order }: Order & { text: string; mentions?: string[] | null | undefined },
      how: DeedHow,
    ) {
      const asked = { ...order, kind: 'edited', content: { text } } as const;
      const { message } = await deeds.targetOf(tenancy, asked);
      const mentions = mentionsOf(named ?? [], await countryOf(tenancy, message.profile_id));
      const content = { text, ...(mentions.length > 0 && { mentions }) };
      return deeds.ask(tenancy, { ...asked, profileId: message.profile_id, content }, how);
    },
  };
}

export type DeedDesk = ReturnType<typeof createDeedDesk>;
