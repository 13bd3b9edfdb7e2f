import type { EngineMessageId } from '../../../engines/port.ts';
import { chatKind, phoneChat, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import { conversationsById } from '../../conversations/index.ts';
import type { Live } from '../../profiles/index.ts';
import type { Changes } from '../changes/changes.ts';
import { tooLate } from '../outbox/outbox.store.ts';
import { messageChangeFailed } from './deeds.events.ts';
import type { Deed, DeedStore } from './deeds.store.ts';
import { asArrived, outgoingChange } from './outgoing-change.ts';
import { createRunner, failed, type Outcome } from './runner.ts';

export const notInGroup = 'The profile is not in this group.';
export const adminsPin = 'In this group only admins pin messages.';
export const notAdmin = 'Only an admin of the group takes back what others wrote.';

/**
 * Sends what profiles do to messages: in order within a chat, as soon as the message itself is at WhatsApp. It is applied
 * here once WhatsApp has it. After a crash the same is sent again under its id, which the network drops.
 */
export function createDeedSender(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  store: DeedStore;
  changes: Pick<Changes, 'apply'>;
  events: EventRecorder;
  decided(deedId: string): void;
}) {
  const { db, clock, log, store, changes, events } = deps;

  /** The network would take it and the phones would ignore it. */
  async function refusalOf(live: Live, deed: Deed): Promise<Outcome | undefined> {
    const chat = storedChat(deed.chat);
    if (deed.expires_at <= clock.now()) return { status: 'expired', ...tooLate };
    if (['failed', 'expired', 'cancelled'].includes(deed.target_status)) {
      return failed('MESSAGE_NOT_SENT', 'The message itself never reached WhatsApp.');
    }
    if (chatKind(chat) !== 'group' || !live.session.groups) return undefined;
    const standing = await live.session.groups.standing(chat);
    if (!standing) return failed('NOT_GROUP_MEMBER', notInGroup);
    if (deed.kind === 'pinned' && !standing.mayPin) return failed('NOT_GROUP_ADMIN', adminsPin);
    const ofOther = deed.kind === 'revoked' && deed.target_direction === 'incoming';
    return ofOther && !standing.isAdmin ? failed('NOT_GROUP_ADMIN', notAdmin) : undefined;
  }

  async function attempt(live: Live, deed: Deed): Promise<Outcome> {
    const refused = await refusalOf(live, deed);
    if (refused) return refused;
    const change = outgoingChange(deed);
    if (!change) return failed('MESSAGE_REVOKED', 'The message was taken back meanwhile.');
    await live.session.send(deed.wa_message_id as EngineMessageId, storedChat(deed.chat), change);
    return { status: 'sent' };
  }

  async function settle(live: Live, deed: Deed, outcome: Outcome): Promise<void> {
    await inTransaction(db, async (tx) => {
      const { organizationId, profileId } = live;
      if (outcome.status === 'sent') {
        const [conversation] = await conversationsById(tx, [deed.conversation_id]);
        const author = deed.own_phone ? phoneChat(deed.own_phone) : null;
        const arrived = conversation ? [{ message: asArrived(deed), conversation, author }] : [];
        await events.recordAll(tx, await changes.apply(tx, live, arrived, []));
        await store.settle(tx, deed.id, outcome);
        return;
      }
      const { code, reason } = outcome;
      if (!(await store.settle(tx, deed.id, { status: outcome.status, code, reason }))) return;
      const body = {
        ...{ profileId, messageId: deed.message_id, waMessageId: deed.target_id },
        ...{ conversationId: deed.conversation_id, chatId: deed.chat, change: deed.kind },
        ...{ clientReference: deed.client_reference, code, error: reason, timestamp: deed.at.toISOString() },
      };
      await events.record(tx, messageChangeFailed, { organizationId, profileId, body });
    });
    deps.decided(deed.id);
  }

  const run = createRunner<Deed>(
    {
      what: 'what is to be done to messages',
      due: ({ profileId, generation }, limit) => store.due(profileId, generation, limit),
      areWaiting: store.areWaiting,
      // With a pace everything of the profile goes one after the other.
      laneOf: (deed) => (deed.delay_ms > 0 ? '' : deed.chat),
      delayMsOf: (deed) => deed.delay_ms,
      attempt,
      settle,
    },
    { log },
  );
  return { run };
}

export type DeedSender = ReturnType<typeof createDeedSender>;
