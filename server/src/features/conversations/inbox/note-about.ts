import { storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { aboutConversation, noteCreated } from '../conversations.events.ts';
import { conversationOfChat } from '../counts.store.ts';
import type { NoteStore } from './notes.store.ts';

/**
 * Keeps an internal note about a chat of a profile, in the transaction of another feature, as nobody's; answers its id.
 * @throws Failure CONVERSATION_NOT_FOUND
 */
export type NoteAbout = (tx: Tx, whose: { profileId: string }, chat: string, text: string) => Promise<string>;

export function createNoteAbout(deps: {
  clock: Clock;
  events: Pick<EventRecorder, 'record'>;
  notes: Pick<NoteStore, 'insert'>;
}): NoteAbout {
  return async (tx, { profileId }, chat, text) => {
    const now = deps.clock.now();
    const row = await conversationOfChat(tx, profileId, storedChat(chat));
    if (!row) throw new Failure('CONVERSATION_NOT_FOUND');
    const note = await deps.notes.insert(tx, row, { authorId: null, text, now });
    const { about, organizationId } = aboutConversation(row, now);
    await deps.events.record(tx, noteCreated, {
      ...{ organizationId, profileId, body: { ...about, noteId: note.id, authorId: null, text } },
    });
    return note.id;
  };
}
