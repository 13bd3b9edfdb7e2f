import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { phoneChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { newId } from '../../platform/ids.ts';
import { silentLog } from '../../platform/log.ts';
import { resolveConversation } from '../conversations/index.ts';
import { adopt } from './adopt.store.ts';
import type { ReadyMessage } from './keep.sql.ts';
import { createMessageStore } from './messages.store.ts';
import { createQuickAccept } from './quick-accept.ts';

const resolving = { clock: systemClock, adopt, tell: async () => undefined };

const chats = Array.from({ length: 16 }, (_, n) => phoneChat(String(628_770_000_000 + n)));
let store: TestDatabase;
beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store?.drop());

/** So many of the chats, from another one on each time, forwards or backwards. */
function some(round: number, backwards: boolean) {
  const turned = [...chats.slice((round * 5) % 16), ...chats.slice(0, (round * 5) % 16)].slice(0, 12);
  return backwards ? turned.reverse() : turned;
}

test('messages out to and in from the same people at once never wait for each other in a circle', async () => {
  const { db } = store.database;
  const whose = await whoseProfile(db, await insertProfile(db));
  const conversations = new Map<string, string>();
  for (const chat of chats) {
    const { id } = await inTransaction(db, (tx) => resolveConversation(tx, resolving, whose, chat));
    conversations.set(chat, id);
  }
  const failures: unknown[] = [];
  const log = { ...silentLog, debug: (about: { err: unknown }) => failures.push(about.err) } as never;
  const events = createRecorder(systemClock, () => undefined);
  const deps = { db, log, events, outbox: { reserve: () => undefined }, poke: () => undefined };
  const quick = [createQuickAccept(deps), createQuickAccept(deps)];
  const messages = createMessageStore(db);
  const now = () => systemClock.now();
  const goesOut = (chat: ReadyMessage['chat']): ReadyMessage => ({
    ...{ id: newId(), ...whose, chat, sender: null, waMessageId: newId(), type: 'text' },
    ...{
      content: { text: 'out' },
      quotedId: null,
      clientReference: null,
      retryOf: null,
      acceptedAt: now(),
      expiresAt: now(),
    },
    origin: { kind: 'api', id: null },
  });
  const comesIn = (chat: string) => ({
    ...{ id: newId(), organization_id: whose.organizationId, profile_id: whose.profileId },
    ...{ conversation_id: conversations.get(chat) ?? '', wa_message_id: newId(), sender: chat },
    ...{ direction: 'incoming', type: 'text', content: '{}', status: 'received', sender_name: null },
    ...{ quoted_message_id: null, failure_code: null, failure_reason: null, generation: null },
    ...{ expires_at: null, timestamp: now(), created_at: now(), updated_at: now() },
  });
  for (let round = 0; round < 40; round++) {
    const arriving = some(round, round % 2 === 0).map(comesIn);
    await Promise.all([
      ...some(round, false).map((chat) => quick[0]?.keep(goesOut(chat))),
      ...some(round + 1, true).map((chat) => quick[1]?.keep(goesOut(chat))),
      messages.insertArrived(db as never, arriving as never).catch((error: unknown) => failures.push(error)),
    ]);
  }
  expect(failures).toEqual([]);
});
