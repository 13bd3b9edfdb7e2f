import type { Selectable } from 'kysely';
import type { Content } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { MessageRow } from '../messages.present.ts';
import type { MessageChangesTable, StoredReaction } from '../messages.tables.ts';

export type ChangeRow = Selectable<MessageChangesTable>;

/** What a change may alter of a message. */
export type Altered = Pick<
  MessageRow,
  | 'content'
  | 'original_content'
  | 'edited_at'
  | 'revoked_at'
  | 'revoked_by'
  | 'reactions'
  | 'answers'
  | 'marks'
>;

/** The same message after an edit by its author; undefined when it stays as it is. */
export function afterEdit(message: MessageRow, change: ChangeRow): Partial<Altered> | undefined {
  const original = message.original_content ?? message.content;
  if (message.revoked_at) return undefined;
  const content = kindOf(message.type)?.edited?.(original, (change.content.content ?? {}) as Content);
  if (!content) return undefined;
  return { content, original_content: original, edited_at: change.at };
}

/** What was taken back is neither shown nor kept; that it was, by whom and when, is. */
export function afterRevoke(message: MessageRow, change: ChangeRow): Partial<Altered> | undefined {
  if (message.revoked_at) return undefined;
  const marks = { revoked_at: change.at, revoked_by: change.author, reactions: null };
  const gone = { ...marks, answers: null, marks: null };
  // One that is still on its way may have to be sent again as it was.
  const isOnItsWay = message.status === 'queued' || message.status === 'sending';
  return isOnItsWay ? gone : { ...gone, content: {}, original_content: null };
}

/** Everybody has one reaction; an empty one takes it back. */
export function afterReaction(message: MessageRow, change: ChangeRow): Partial<Altered> | undefined {
  if (message.revoked_at) return undefined;
  const emoji = String(change.content.emoji ?? '');
  const before = message.reactions ?? [];
  const fromMe = change.author_key === 'me';
  const mine = before.find((one) => isBy(one, change));
  if ((mine?.emoji ?? '') === emoji) return undefined;
  const others = before.filter((one) => one !== mine);
  const reaction: StoredReaction = {
    emoji,
    sender: change.author,
    name: change.author_name,
    fromMe,
    at: change.at.toISOString(),
  };
  const reactions = emoji === '' ? others : [...others, reaction];
  return { reactions: reactions.length > 0 ? reactions : null };
}

/** Whether a reaction or answer is by the person who made a change. */
export function isBy(
  reaction: Pick<StoredReaction, 'fromMe' | 'sender'>,
  change: Pick<ChangeRow, 'author' | 'author_key'>,
): boolean {
  if (change.author_key === 'me') return reaction.fromMe;
  if (change.author_key === 'them') return !reaction.fromMe;
  return !reaction.fromMe && reaction.sender === change.author;
}
