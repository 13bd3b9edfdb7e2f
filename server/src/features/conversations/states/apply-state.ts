import type { Updateable } from 'kysely';
import type { Json } from '../../../platform/db/json-column.ts';
import type { ConversationRow, ConversationsTable } from '../conversations.tables.ts';
import type { StateField } from './states.tables.ts';

export type Patch = Pick<
  Updateable<ConversationsTable>,
  'is_archived' | 'is_muted' | 'muted_until' | 'is_pinned' | 'is_marked_unread'
>;

/** What a setting makes of the row of its conversation; a setting that is about messages makes nothing of it. */
export function patchOf(field: StateField, value: Json): Patch {
  switch (field) {
    case 'archived':
      return { is_archived: value.archived === true };
    case 'pinned':
      return { is_pinned: value.pinned === true };
    case 'muted':
      return { is_muted: value.muted === true, muted_until: momentOf(value.until) };
    case 'read':
      return { is_marked_unread: value.read === false };
    default:
      return {};
  }
}

/** A moment that was kept as JSON. */
export function momentOf(text: unknown): Date | null {
  return typeof text === 'string' ? new Date(text) : null;
}

const names = {
  is_archived: 'isArchived',
  is_muted: 'isMuted',
  muted_until: 'mutedUntil',
  is_pinned: 'isPinned',
  is_marked_unread: 'isMarkedUnread',
} as const satisfies Record<keyof Patch, string>;

/** The part of a patch that differs from the row. */
export function newsIn(row: ConversationRow, patch: Patch): Patch {
  const isNews = ([column, value]: [string, unknown]) => {
    const before = row[column as keyof Patch];
    return before instanceof Date && value instanceof Date
      ? before.getTime() !== value.getTime()
      : before !== value;
  };
  return Object.fromEntries(Object.entries(patch).filter(isNews)) as Patch;
}

/** What clients call what a patch changes. */
export const changedBy = (patch: Patch): string[] =>
  Object.keys(patch).map((column) => names[column as keyof Patch]);
