import { setImmediate as breath } from 'node:timers/promises';
import type { RecordedEvent } from '../../platform/events/define.ts';
import type { EventReader } from '../../platform/feature.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Worded, WordsStore } from './words.store.ts';
import { wordsOfMessage } from './words.ts';

/** How late words may be: under load several messages share a statement. */
const restMs = 500;
/** So much is folded between two breaths of the event loop. */
const charactersAtOnce = 50_000;

/** Events of messages that are new here or say something else now. */
const telling = new Set([
  ...['message.queued', 'message.received', 'channel.received', 'group.changed'],
  ...['message.edited', 'message.revoked'],
]);

/** The message that an event tells of, when its words are to be read. */
function messageOf({ name, body }: RecordedEvent): string | undefined {
  const { messageId, message, source } = body as {
    messageId?: unknown;
    message?: { id?: unknown };
    source?: unknown;
  };
  const isTyped = name === 'message.sent' && source === 'phone';
  if (!isTyped && !telling.has(name)) return undefined;
  const id = messageId ?? message?.id;
  return typeof id === 'string' && isUuid(id) ? id : undefined;
}

/** The words of messages, folded. Those of one that never said anything are left out; those it once said become none. */
export async function foldAll(messages: readonly Worded[]): Promise<{ id: string; words: string }[]> {
  const found: { id: string; words: string }[] = [];
  let characters = 0;
  for (const { id, type, content, is_changed } of messages) {
    const words = wordsOfMessage(type, content);
    if (words || is_changed) found.push({ id, words });
    characters += words.length;
    if (characters < charactersAtOnce) continue;
    characters = 0;
    await breath();
  }
  return found;
}

/**
 * Keeps the words of messages current behind the message path, by the numbered events: what was recorded is read in any
 * case, also after a crash. What is deleted takes its words with it.
 */
export function createFollower(store: Pick<WordsStore, 'messages' | 'keep'>): EventReader {
  return {
    name: 'search',
    restMs,
    concerns: async (events) => events.some((event) => messageOf(event) !== undefined),
    async read(events, tx) {
      const ids = new Set(events.flatMap((event) => messageOf(event) ?? []));
      const messages = await store.messages(tx, [...ids]);
      await store.keep(tx, await foldAll(messages), { isOld: false });
    },
  };
}
