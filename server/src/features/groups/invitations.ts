import type { Actor } from '../../platform/actor.ts';
import { type ChatId, chatKind, storedChat } from '../../platform/chat-id.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { type Messages, originOf } from '../messages/index.ts';
import type { ActResult } from './acts.ts';
import type { ListedGroup } from './groups.store.ts';

/** Invitations of single people, which travel as messages. */
export function createInvitations({
  db,
  messages,
}: {
  db: Db;
  messages(): Pick<Messages, 'deliver' | 'find'>;
}) {
  return {
    /** Sends those that are offered, all or none; answers our id of each message by whom it is for. */
    send(
      actor: Actor,
      group: Pick<ListedGroup, 'profile_id' | 'chat' | 'subject'>,
      results: readonly ActResult[],
    ): Promise<Map<ChatId, string>> {
      return inTransaction(db, async (tx) => {
        const sent = new Map<ChatId, string>();
        for (const { asked, person, invitation } of results) {
          if (!invitation) continue;
          const { messageId } = await messages().deliver(tx, actor, {
            type: 'group-invite',
            body: { profileId: group.profile_id, to: person?.phone ?? asked },
            content: {
              group: group.chat,
              name: group.subject,
              code: invitation.code,
              invitedUntil: invitation.until,
            },
            origin: originOf(actor),
          });
          sent.set(asked, messageId);
        }
        return sent;
      });
    },

    /** The invitation in a message of a profile. @throws Failure MESSAGE_NOT_FOUND, INVITE_NOT_VALID */
    async read(actor: Actor, profileId: string, messageId: string) {
      const message = await messages().find(actor, messageId, profileId);
      if (!message || message.profile_id !== profileId) throw new Failure('MESSAGE_NOT_FOUND');
      const { group, code, invitedUntil } = message.content as Record<string, unknown>;
      const from = message.sender;
      const isInvitation = message.type === 'group-invite' && message.direction === 'incoming';
      if (!isInvitation || !from || typeof group !== 'string' || typeof code !== 'string') {
        throw new Failure('INVITE_NOT_VALID', {
          says: 'This message is no invitation that can be accepted.',
        });
      }
      const chat = storedChat(group);
      if (chatKind(chat) !== 'group') throw new Failure('INVITE_NOT_VALID');
      return { chat, code, until: String(invitedUntil ?? new Date(0).toISOString()), from: storedChat(from) };
    },
  };
}

export type Invitations = ReturnType<typeof createInvitations>;
