import type { EngineMessageId, IncomingMessage, StateChange } from '../../../engines/port.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { type ConversationRow, conversationsOfChats } from '../../conversations/index.ts';
import type { Live } from '../../profiles/index.ts';
import type { ArrivedChange, Changes } from '../changes/changes.ts';
import { noteRemoved } from '../history/past.store.ts';
import type { Removing } from '../removing.ts';
import { idsOf, keepStars, type Star, takeStars } from './stars.store.ts';

type OfMessage = Extract<StateChange, { kind: 'starred' | 'removed' }>;
const isOfMessage = (change: StateChange): change is OfMessage =>
  change.kind === 'starred' || change.kind === 'removed';

/**
 * What other devices of the account did to messages for themselves: stars, and deletions. A star waits for its message as all
 * that is done to one does, and for its chat; what was deleted there goes here, and does not come with the past.
 */
export function createMessagesTold(deps: {
  clock: Clock;
  events: EventRecorder;
  changes: Pick<Changes, 'apply'>;
  removing: Pick<Removing, 'removeFrom'>;
}) {
  const { clock, events, changes } = deps;

  async function remove(
    tx: Tx,
    live: Live,
    told: readonly Extract<OfMessage, { kind: 'removed' }>[],
    known: ReadonlyMap<string, ConversationRow>,
  ): Promise<void> {
    const { organizationId: organization_id, profileId: profile_id } = live;
    const here = await idsOf(
      tx,
      profile_id,
      told.map(({ id }) => id),
    );
    for (const { chat, id } of told) {
      const conversation = known.get(chat);
      const message = here.get(id)?.find(({ conversationId }) => conversationId === conversation?.id);
      if (conversation && message) await deps.removing.removeFrom(tx, conversation, message.id, 'phone');
      else await noteRemoved(tx, { profile_id, organization_id, wa_message_id: id }, clock.now());
    }
  }

  return {
    /** In the transaction of what else they have set; the conversations that are here must be locked. */
    async told(tx: Tx, live: Live, all: readonly StateChange[]): Promise<void> {
      const ofMessages = all.filter(isOfMessage);
      if (ofMessages.length === 0) return;
      const chats = [...new Set(ofMessages.map(({ chat }) => chat))];
      const known = await conversationsOfChats(tx, live.profileId, chats);
      const stars = ofMessages.flatMap((one) => (one.kind === 'starred' ? [one] : []));
      await keepStars(
        tx,
        live,
        stars.filter(({ chat }) => !known.has(chat)),
      );
      const arrived = stars.flatMap((star) => {
        const conversation = known.get(star.chat);
        return conversation ? [starChange(star, conversation)] : [];
      });
      // What was set before the conversation was here is no news.
      const isOld = ({ message, conversation }: ArrivedChange) =>
        message.timestamp <= conversation.created_at;
      await changes.apply(tx, live, arrived.filter(isOld), []);
      const news = arrived.filter((one) => !isOld(one));
      await events.recordAll(tx, await changes.apply(tx, live, news, []));
      const removed = ofMessages.flatMap((one) => (one.kind === 'removed' ? [one] : []));
      if (removed.length > 0) await remove(tx, live, removed, known);
    },
  };
}

/** The stars that waited for these chats, as changes of their messages. */
export async function awaitedStars(
  tx: Tx,
  { profileId }: Live,
  chats: ReadonlyMap<string, ConversationRow>,
): Promise<ArrivedChange[]> {
  const stars = await takeStars(tx, profileId, [...chats.keys()]);
  return stars.flatMap((star) => {
    const conversation = chats.get(star.chat);
    return conversation ? [starChange(star, conversation)] : [];
  });
}

/** A star as a change of its message, made by our own account. */
export function starChange({ chat, id, starred, at }: Star, conversation: ConversationRow): ArrivedChange {
  const message: IncomingMessage = {
    ...{ id: `star ${id}` as EngineMessageId, chat, sender: {}, fromMe: true, timestamp: at, late: true },
    content: { type: 'starred', targetId: id, starred },
  };
  return { message, conversation, author: null };
}
