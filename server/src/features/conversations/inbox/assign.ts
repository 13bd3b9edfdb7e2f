import { storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { aboutConversation, conversationAssigned } from '../conversations.events.ts';
import { editConversation } from '../conversations.sql.ts';
import type { ConversationRow } from '../conversations.tables.ts';
import { conversationOfChat, lockConversation } from '../counts.store.ts';
import { memberFor } from './members.store.ts';

/** Gives a conversation to a member, or to nobody, in the transaction of another feature; answers whom it was given to. */
export type AssignTo = (
  tx: Tx,
  whose: { organizationId: string; profileId: string },
  chat: string,
  userId: string | null,
) => Promise<string | null>;

/** @param deps.byUserId who does it; absent for what nobody does by hand */
export function createAssign({ clock, events }: { clock: Clock; events: EventRecorder }) {
  /** The conversation must be locked. @throws Failure MEMBER_NOT_FOUND, MEMBER_OUT_OF_REACH */
  async function assign(
    tx: Tx,
    row: ConversationRow,
    userId: string | null,
    byUserId: string | undefined,
  ): Promise<{ row: ConversationRow; name: string | null }> {
    const now = clock.now();
    const previousUserId = row.assigned_user_id;
    const whose = { organizationId: row.organization_id, profileId: row.profile_id };
    const member = userId === null ? null : await memberFor(tx, whose, userId);
    if (member === undefined) throw new Failure('MEMBER_NOT_FOUND');
    const name = member?.name ?? null;
    if (userId === previousUserId) return { row, name };
    if (member && !member.mayRead) throw new Failure('MEMBER_OUT_OF_REACH');
    const current = await editConversation(tx, row.id, { assigned_user_id: userId, updated_at: now });
    const { about, conversation, ...of } = aboutConversation(current, now);
    const body = {
      ...{ ...about, assignedUserId: userId, previousUserId, conversation },
      ...(byUserId !== undefined && { byUserId }),
    };
    await events.record(tx, conversationAssigned, { ...of, body });
    return { row: current, name };
  }

  const assignTo: AssignTo = async (tx, { profileId }, chat, userId) => {
    const known = await conversationOfChat(tx, profileId, storedChat(chat));
    const row = known && (await lockConversation(tx, known.id));
    if (!row) throw new Failure('CONVERSATION_NOT_FOUND');
    return (await assign(tx, row, userId, undefined)).name;
  };

  return { assign, assignTo };
}

export type Assign = ReturnType<typeof createAssign>;
