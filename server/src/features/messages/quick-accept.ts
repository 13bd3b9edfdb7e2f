import { batched } from '../../platform/concurrency/batched.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Log } from '../../platform/log.ts';
import { type Kept, keepFirstMessages, keepMessages, type ReadyMessage } from './keep.sql.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Place } from './outbox/places.ts';

const batchMax = 64;
const batchesAtOnce = 2;

/**
 * Keeps messages to chats that exist already, and to numbers nobody knows; those that arrive while one statement is under
 * way go together in the next. Answers undefined for a message that could not be placed, for the caller to take the long way.
 */
export function createQuickAccept(deps: {
  db: Db;
  log: Log;
  events: EventRecorder;
  outbox: Pick<Outbox, 'reserve'>;
  /** There is something queued for this profile. */
  poke(profileId: string): void;
}) {
  const { db, log, events, outbox, poke } = deps;

  async function keepAll(messages: ReadyMessage[]): Promise<(string | undefined)[]> {
    const places = placesFor(messages);
    const reserved = messages.map((message) => ({
      ...message,
      generation: places.get(message.id)?.generation,
    }));
    const { rows, isKnown } = await keepAtOnce(reserved);
    if (rows.length > 0) events.committedBeside();
    const queued = new Set<string>();
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const { id, profileId } of messages) {
      const row = byId.get(id);
      if (row?.claimed) places.get(id)?.take(row.claimed);
      else places.get(id)?.release({ isKnown });
      if (row && !row.claimed) queued.add(profileId);
    }
    queued.forEach(poke);
    return messages.map(({ id }) => byId.get(id)?.conversation_id);
  }

  /** Those to chats that exist, then those to numbers of which nothing is known. */
  async function keepAtOnce(messages: ReadyMessage[]): Promise<{ rows: Kept[]; isKnown: boolean }> {
    const rows: Kept[] = [];
    try {
      rows.push(...(await keepMessages(db, events, messages)));
      const ids = new Set(rows.map(({ id }) => id));
      const others = messages.filter(({ id }) => !ids.has(id));
      if (others.length > 0) rows.push(...(await keepFirstMessages(db, events, others)));
      return { rows, isKnown: true };
    } catch (error) {
      log.debug({ err: error, count: messages.length }, 'a batch could not be kept at once; one by one then');
      return { rows, isKnown: false };
    }
  }

  /** Places on their way for messages that this node can send at once; once one has to wait, those behind it do. */
  function placesFor(messages: readonly ReadyMessage[]): Map<string, Place> {
    const places = new Map<string, Place>();
    const full = new Set<string>();
    for (const message of messages) {
      const place = full.has(message.profileId) ? undefined : outbox.reserve(message);
      if (place) places.set(message.id, place);
      else full.add(message.profileId);
    }
    return places;
  }

  return {
    /** The conversation it was kept in. */
    keep: batched(keepAll, {
      max: batchMax,
      atOnce: batchesAtOnce,
      // Requests read from their sockets in the same turn go together.
      aTurnLater: true,
    }),
  };
}

export type QuickAccept = ReturnType<typeof createQuickAccept>;
