import { type ChatId, chatKind } from '../../../platform/chat-id.ts';
import { Failure } from '../../../platform/failures.ts';
import type { MessageRow } from '../messages.present.ts';
import { afterEdit } from './outgoing-change.ts';
import { adminsPin, notAdmin } from './send-deeds.ts';

/** Phones of receivers ignore what is edited later. */
const editMsMax = 15 * 60_000;

interface Known {
  message: MessageRow;
  chat: ChatId;
  now: Date;
  /** What we are in the group: undefined when in none, null when the network did not say. Absent: nobody was asked. */
  standing?: { isAdmin: boolean; mayPin: boolean } | undefined | null;
}

/** Refuses what can be known to be ignored by WhatsApp or by phones. @throws Failure */
export function refuseAtOnce(
  { kind, content }: { kind: string; content: Record<string, unknown> },
  known: Known,
): void {
  const { message, chat } = known;
  if (!['user', 'group'].includes(chatKind(chat))) {
    throw new Failure('INVALID_RECIPIENT', { says: 'This can be done in chats and groups only.' });
  }
  if (message.revoked_at) throw new Failure('MESSAGE_REVOKED');
  if (['failed', 'expired', 'cancelled'].includes(message.status)) throw new Failure('MESSAGE_NOT_SENT');
  if ('standing' in known && known.standing === undefined) throw new Failure('NOT_GROUP_MEMBER');
  if (kind === 'pinned' && known.standing?.mayPin === false) {
    throw new Failure('NOT_GROUP_ADMIN', { says: adminsPin });
  }
  if (kind === 'kept' && message.expiration === null) throw new Failure('MESSAGE_NOT_DISAPPEARING');
  if (kind === 'revoked') refuseRevoke(known);
  if (kind === 'edited') refuseEdit(content, known);
}

function refuseRevoke({ message, chat, standing }: Known): void {
  if (message.direction === 'outgoing') return;
  if (chatKind(chat) !== 'group') {
    throw new Failure('NOT_YOUR_MESSAGE', { says: 'Only its author takes back a message of a direct chat.' });
  }
  if (standing && !standing.isAdmin) throw new Failure('NOT_YOUR_MESSAGE', { says: notAdmin });
}

function refuseEdit(content: Record<string, unknown>, { message, now }: Known): void {
  if (message.direction !== 'outgoing') {
    throw new Failure('NOT_YOUR_MESSAGE', { says: 'Only its author edits a message.' });
  }
  if (!afterEdit(message.type, message.content, content)) throw new Failure('MESSAGE_NOT_EDITABLE');
  if (now.getTime() - message.timestamp.getTime() > editMsMax) throw new Failure('EDIT_TOO_LATE');
}
