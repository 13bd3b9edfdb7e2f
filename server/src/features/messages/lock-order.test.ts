import { afterAll, beforeAll, expect, test } from 'vitest';
import { quietNeighbours, settling } from '../../../test/arrivals.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { until } from '../../../test/until.ts';
import type { IncomingMessage } from '../../engines/port.ts';
import { lidChat, phoneChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { newId } from '../../platform/ids.ts';
import { silentLog } from '../../platform/log.ts';
import { resolveConversation, unassign } from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';
import { adopt } from './adopt.store.ts';
import { createChangeStore } from './changes/changes.store.ts';
import { createChanges } from './changes/changes.ts';
import { createInbound } from './inbound.ts';
import { createMessageStore } from './messages.store.ts';

const resolving = { clock: systemClock, adopt, tell: async () => undefined };

let store: TestDatabase;
let db: Db;
beforeAll(async () => {
  store = await testDatabase();
  db = store.database.db;
});
afterAll(() => store?.drop());

/** Two conversations whose rows lie the other way round than their ids, and whose ids the other way than their age. */
async function twoConversations(chats: readonly [low: string, high: string], userId: string | null = null) {
  const whose = await whoseProfile(db, await insertProfile(db));
  const [low, high] = [newId(), newId()].sort() as [string, string];
  const insert = (id: string, chat: string, at: Date) =>
    db
      .insertInto('conversations')
      .values({
        ...{ id, organization_id: whose.organizationId, profile_id: whose.profileId, chat },
        ...{ type: 'user', assigned_user_id: userId, created_at: at, updated_at: at },
      })
      .execute();
  await insert(high, chats[1], new Date('2026-01-01T00:00:00Z'));
  await insert(low, chats[0], new Date('2026-01-02T00:00:00Z'));
  return { whose, low, high };
}

/** Fails when the work holds the second row while it waits for the first, as whoever goes by id would then wait for it. */
async function goesById(rows: { low: string; high: string }, work: () => Promise<unknown>): Promise<void> {
  const other = await store.database.pool.connect();
  try {
    await other.query('begin');
    await other.query('select from conversations where id = $1 for update', [rows.low]);
    const working = work();
    working.catch(() => undefined);
    await until('the work waits for the first row', async () => {
      const waiting = await store.database.pool.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.rows.length > 0;
    });
    await other.query('select from conversations where id = $1 for update nowait', [rows.high]);
    await other.query('commit');
    await working;
  } finally {
    other.release(true);
  }
}

const once = <T>(work: (tx: Tx) => Promise<T>) => db.transaction().execute(work);

test('two conversations that turn out to be one are locked by id, whichever is older', async () => {
  const [phone, lid] = [phoneChat('628770000001'), lidChat('7000001')];
  const rows = await twoConversations([phone, lid]);
  await goesById(rows, () =>
    once((tx) => resolveConversation(tx, resolving, rows.whose, phone, { alias: lid })),
  );
  const left = await db
    .selectFrom('conversations')
    .select('id')
    .where('profile_id', '=', rows.whose.profileId)
    .execute();
  expect(left).toEqual([{ id: rows.high }]);
});

test.each([
  ['in a transaction', async () => undefined],
  ['at once', settling()],
] as const)(
  'a batch of arrivals locks its conversations by id before anything else (%s)',
  async (_, settle) => {
    const [first, second] = [phoneChat('628770000002'), phoneChat('628770000003')];
    const rows = await twoConversations([first, second]);
    const events = createRecorder(systemClock, () => undefined);
    const parts = { db, clock: systemClock, log: silentLog, events };
    const inbound = createInbound({
      ...quietNeighbours,
      ...parts,
      store: createMessageStore(db),
      changes: createChanges({
        ...{ ...parts, store: createChangeStore(systemClock) },
        media: { release: async () => undefined },
      }),
    });
    const from = (chat: typeof first) =>
      ({
        ...{ id: newId(), chat, sender: { phone: chat, name: 'Bob' }, fromMe: false, timestamp: new Date() },
        ...{ content: { type: 'text', text: 'hello' }, late: false },
      }) as unknown as IncomingMessage;
    const live = { ...rows.whose, generation: 1 } as Live;
    await goesById(rows, () => inbound.received(live, [from(second), from(first)], settle));
  },
);

test.each(['open', 'all'] as const)(
  'taking conversations from a member (%s) locks them by id',
  async (which) => {
    const now = new Date();
    const organizationId = newId();
    const dates = { created_at: now, updated_at: now };
    await db
      .insertInto('organizations')
      .values({ id: organizationId, name: 'O', slug: organizationId, ...dates })
      .execute();
    const user = {
      id: newId(),
      organization_id: organizationId,
      email: `${organizationId}@example.com`,
      name: 'M',
    };
    await db
      .insertInto('users')
      .values({ ...user, password_hash: '', role: 'member', ...dates })
      .execute();
    const rows = await twoConversations([phoneChat('628770000004'), phoneChat('628770000005')], user.id);
    await goesById(rows, () => once((tx) => unassign(tx, { ...rows.whose, userId: user.id }, now, which)));
    const assigned = await db
      .selectFrom('conversations')
      .select('id')
      .where('assigned_user_id', '=', user.id)
      .execute();
    expect(assigned).toEqual([]);
  },
);
