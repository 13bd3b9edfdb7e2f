import { sql } from 'kysely';
import type { EngineMessageId, IncomingMessage, Settle } from '../src/engines/port.ts';
import { createConversationStore } from '../src/features/conversations/conversations.store.ts';
import { createChangeStore } from '../src/features/messages/changes/changes.store.ts';
import { createChanges } from '../src/features/messages/changes/changes.ts';
import { createInbound } from '../src/features/messages/inbound.ts';
import { createMessageStore } from '../src/features/messages/messages.store.ts';
import type { Live } from '../src/features/profiles/index.ts';
import { lidChat, phoneChat } from '../src/platform/chat-id.ts';
import { type Clock, systemClock } from '../src/platform/clock.ts';
import type { Db } from '../src/platform/db/transaction.ts';
import { createRecorder } from '../src/platform/events/record.ts';
import { silentLog } from '../src/platform/log.ts';
import { noTracing } from '../src/platform/tracing/tracing.ts';
import { heldDatabase } from './held-database.ts';
import { insertProfile, whoseProfile } from './profile-rows.ts';

/** What an engine lets go of, in a transaction or within a statement. */
export function settling(done: (messages: readonly IncomingMessage[]) => void = () => undefined): Settle {
  return Object.assign(async (_tx: unknown, messages: readonly IncomingMessage[]) => done(messages), {
    within: (messages: readonly IncomingMessage[]) => ({
      part: (condition: ReturnType<typeof sql<boolean>>) => sql`select 1 where ${condition}`,
      committed: () => done(messages),
    }),
  });
}

/** What stands around the storing of what arrives, where a test is not about it. */
export const quietNeighbours = {
  tracing: noTracing,
  files: { keep: async () => false, fetchNow: async () => false, came: () => undefined },
  groups: { look: async () => undefined },
  statuses: { take: async () => undefined },
  pastTold: async () => undefined,
};

/** A profile that is connected, as far as what arrives is concerned. */
export async function arrivingProfile(
  db: Db,
  {
    clock = systemClock,
    isLong = false,
  }: { clock?: Clock /** Never in one statement. */; isLong?: boolean } = {},
) {
  const held = heldDatabase(db);
  const profileId = await insertProfile(db);
  const live = { ...(await whoseProfile(db, profileId)), generation: 1, session: {} } as Live;
  const parts = { db: held.db, clock, log: silentLog, events: createRecorder(clock, () => undefined) };
  const looked: string[] = [];
  const inbound = createInbound({
    ...quietNeighbours,
    ...parts,
    store: createMessageStore(held.db),
    changes: createChanges({
      ...{ ...parts, store: createChangeStore(clock) },
      media: { release: async () => undefined },
    }),
    groups: { look: async (_live, chat) => void looked.push(chat) },
  });
  const settled: string[] = [];
  const settle = settling((messages) => settled.push(...messages.map(({ id }) => id)));
  const receive = (messages: IncomingMessage[]) =>
    inbound.received(live, messages, isLong ? async (...args) => settle(...args) : settle);
  const stored = () =>
    db
      .selectFrom('messages')
      .select(['wa_message_id', 'sender', 'type', 'content'])
      .where('profile_id', '=', profileId)
      .orderBy('seq')
      .execute();
  const events = () =>
    db
      .selectFrom('events')
      .select(['name', 'body'])
      .where('name', 'not like', 'contact.%')
      .where('profile_id', '=', profileId)
      .orderBy('seq')
      .execute();
  const listed = (filter: { type?: string }) =>
    createConversationStore(db).list(
      live,
      { ...filter, profileIds: [profileId] },
      { limit: 50, offset: 0, pinnedFirst: true },
    );
  return { live, held, receive, settled, looked, stored, events, listed };
}

export function arrivingText(id: string, from: string, words = id): IncomingMessage {
  return {
    id: id as EngineMessageId,
    chat: phoneChat(from),
    chatAlias: lidChat(`9${from}`),
    sender: { phone: phoneChat(from), lid: lidChat(`9${from}`), name: 'Bob' },
    fromMe: false,
    timestamp: new Date(),
    content: { type: 'text', text: words },
    late: false,
  };
}
