import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { heldDatabase } from '../../../../test/held-database.ts';
import { insertProfile, whoseProfile } from '../../../../test/profile-rows.ts';
import { until } from '../../../../test/until.ts';
import { phoneChat } from '../../../platform/chat-id.ts';
import { systemClock as clock, later } from '../../../platform/clock.ts';
import { inTransaction } from '../../../platform/db/transaction.ts';
import { createRecorder } from '../../../platform/events/record.ts';
import { newId } from '../../../platform/ids.ts';
import { silentLog as log } from '../../../platform/log.ts';
import { noTracing } from '../../../platform/tracing/tracing.ts';
import { resolveConversation } from '../../conversations/index.ts';
import type { Live } from '../../profiles/index.ts';
import { adopt } from '../adopt.store.ts';
import { keepMessages } from '../keep.sql.ts';
import { createOutboxStore } from './outbox.store.ts';
import { createOutbox } from './outbox.ts';
import { createAlone } from './progress.ts';
import { createRecipients } from './recipients.ts';
import { createSettler } from './settle.ts';

const chat = phoneChat('628111000002');
const events = createRecorder(clock, () => undefined);

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => database?.drop());

/** A connection that takes what it is given, of a profile that knows one chat. */
async function connection() {
  const { db } = database.database;
  const whose = await whoseProfile(db, await insertProfile(db));
  await inTransaction(db, (tx) =>
    resolveConversation(tx, { clock, adopt, tell: async () => undefined }, whose, chat),
  );
  const end = new AbortController();
  const sent: string[] = [];
  const session = { send: async (id: string) => void sent.push(id) };
  const live = { ...whose, generation: 1, session, ended: end.signal } as unknown as Live;
  return {
    ...{ live, sent, end: () => end.abort() },
    /** Nobody tells the outbox. */
    async keep(): Promise<string> {
      const id = newId();
      await keepMessages(db, events, [
        {
          ...{ ...whose, id, chat, sender: null, waMessageId: id, type: 'text', content: { text: id } },
          ...{
            quotedId: null,
            origin: { kind: 'api', id: null },
            clientReference: null,
            retryOf: null,
            acceptedAt: clock.now(),
          },
          expiresAt: later(clock.now(), 3_600_000),
        },
      ]);
      return id;
    },
  };
}

test('what nobody told the queues of is sent after one look at all of them together', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const held = heldDatabase(database.database.db);
  const store = createOutboxStore(held.db, clock, events);
  const outbox = createOutbox({
    tracing: noTracing,
    ...{ clock, log, store },
    settler: createSettler({ store, alone: createAlone(), decided: () => undefined }),
    groups: { look: async () => undefined, refusal: async () => undefined } as never,
    recipients: createRecipients({ db: held.db, clock, store, events }),
    pauses: {} as never,
  });
  const connections = [await connection(), await connection(), await connection()];
  for (const { live } of connections) outbox.connected(live);
  const looks = () => held.count('exists (select from outbox');
  const claims = () => held.count('with next as');
  await until('each has looked at its queue', () => claims() === 3);
  const [first, second] = connections;
  const ids = [await first?.keep(), await second?.keep()];
  await vi.advanceTimersByTimeAsync(30_000);
  await until('both are sent', () => first?.sent.length === 1 && second?.sent.length === 1);
  expect([first?.sent, second?.sent]).toEqual(ids.map((id) => [id]));
  expect(looks()).toBe(1);
  expect(claims()).toBe(5);
  for (const { end } of connections) end();
  await outbox.stop();
});
