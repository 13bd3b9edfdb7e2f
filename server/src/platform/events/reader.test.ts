import type { KyselyPlugin } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { eventually } from '../../../test/kit/eventually.ts';
import type { EventReader } from '../feature.ts';
import { silentLog } from '../log.ts';
import { createEventLog } from './reader.ts';
import { type EventNode, makeOrganization, makeProfile, startEventNode } from './testing.ts';

let house: TestDatabase;
let organizationId: string;
const nodes: EventNode[] = [];

async function startNode(readers: EventReader[] = []): Promise<EventNode> {
  const node = await startEventNode(house.database, readers);
  nodes.push(node);
  return node;
}
async function stopNodes(): Promise<void> {
  for (const node of nodes.splice(0)) await node.stop();
}
function collector(name: string, fails: () => boolean = () => false) {
  const numbers: number[] = [];
  const reader: EventReader = {
    name,
    async read(events) {
      if (fails()) throw new Error('not today');
      numbers.push(...events.map((event) => (event.body as { n: number }).n));
    },
  };
  return { numbers, reader };
}

beforeAll(async () => {
  house = await testDatabase();
  organizationId = await makeOrganization(house.database.db);
});
afterEach(stopNodes);
afterAll(async () => house.drop());

test('a reader hears what was recorded while it was away, once, in order', async () => {
  const { numbers, reader } = collector('away');
  const node = await startNode([reader]);
  await node.count({ organizationId }, 1);
  await eventually(() => expect(numbers).toEqual([1]));
  await stopNodes();
  const other = await startNode();
  for (let n = 2; n <= 450; n++) await other.count({ organizationId }, n);
  await stopNodes();
  await startNode([reader]);
  await eventually(() => expect(numbers).toEqual(Array.from({ length: 450 }, (_, n) => n + 1)));
});

test('who has recorded something finds it in the page that is read next', async () => {
  const node = await startNode();
  const page = (after: number) => node.log.page({ organizationId, after, limit: 500 });
  let { cursor } = await page(0);
  for (let n = 0; n < 50; n++) {
    await node.count({ organizationId }, n);
    const next = await page(cursor);
    expect(next.events.map(({ body }) => body)).toEqual([{ n }]);
    cursor = next.cursor;
  }
});

test('a new reader begins with what comes after its first start', async () => {
  const node = await startNode();
  await node.count({ organizationId }, 1);
  await eventually(async () => expect(await node.log.lastPosition()).toBeGreaterThan(0));
  await eventually(async () => {
    const waiting = await house.database.db
      .selectFrom('events')
      .select('id')
      .where('position', 'is', null)
      .execute();
    expect(waiting).toEqual([]);
  });
  await stopNodes();
  const { numbers, reader } = collector('newcomer');
  const next = await startNode([reader]);
  await next.count({ organizationId }, 2);
  await eventually(() => expect(numbers).toEqual([2]));
});

test('of several nodes one reads at a time, so that each event is read once', async () => {
  const [one, two] = [collector('shared'), collector('shared')];
  const node = await startNode([one.reader]);
  await startNode([two.reader]);
  for (let n = 0; n < 60; n++) await node.count({ organizationId }, n);
  await eventually(() => expect(one.numbers.length + two.numbers.length).toBe(60));
  expect([...one.numbers, ...two.numbers].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 60 }, (_, n) => n),
  );
});

test('a reader that fails is given the same events again, and holds up no other reader', async () => {
  let broken = true;
  const stuck = collector('stuck', () => broken);
  const fine = collector('fine');
  const node = await startNode([stuck.reader, fine.reader]);
  for (let n = 0; n < 3; n++) await node.count({ organizationId }, n);
  await eventually(() => expect(fine.numbers).toEqual([0, 1, 2]));
  expect(stuck.numbers).toEqual([]);
  broken = false;
  await eventually(() => expect(stuck.numbers).toEqual([0, 1, 2]));
});

test('what a reader writes and the step of its cursor are committed together', async () => {
  let attempts = 0;
  const reader: EventReader = {
    name: 'together',
    async read(events, tx) {
      for (const event of events) {
        await tx
          .insertInto('event_cursors')
          .values({ reader: `seen-${event.id}`, position: 0 })
          .execute();
      }
      if (++attempts === 1) throw new Error('after the write, before the commit');
    },
  };
  const node = await startNode([reader]);
  await node.count({ organizationId }, 1);
  await eventually(() => expect(attempts).toBe(2));
  await eventually(async () => {
    const cursors = await house.database.db
      .selectFrom('event_cursors')
      .select('reader')
      .where('reader', 'like', 'seen-%')
      .execute();
    expect(cursors).toHaveLength(1);
  });
});

test('events that this process numbers reach its readers without a look into the database', async () => {
  let looks = 0;
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      if (JSON.stringify(node).includes('"position"')) looks += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const { database } = house;
  const node = await startEventNode({ ...database, db: database.db.withPlugin(counting) });
  nodes.push(node);
  const heard: number[] = [];
  node.log.tail('test', (events) => void heard.push(...events.map((event) => event.position)));
  for (let n = 1; n <= 100; n++) {
    await node.count({ organizationId }, n);
    await eventually(() => expect(heard).toHaveLength(n));
  }
  // Each insert names the column once.
  expect(looks - 100).toBeLessThan(10);
});

test('a batch whose answer is lost is heard all the same, and so is what others number meanwhile', async () => {
  const [{ database }, other] = [house, await startNode()];
  const log = await createEventLog({ database, log: silentLog });
  await log.start([]);
  onTestFinished(() => log.stop());
  const heard: unknown[] = [];
  log.tail('test', (events) => void heard.push(...events.map(({ body }) => body)));
  let fail: (reason: Error) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    fail = reject;
  });
  log.offer(lost);
  await other.count({ organizationId }, 1);
  fail(new Error('The connection is gone'));
  await eventually(() => expect(heard).toEqual([{ n: 1 }]));
});

test('two readers of one name are refused with a sentence', async () => {
  const reader = collector('same').reader;
  await expect(startEventNode(house.database, [reader, reader])).rejects.toThrow("called 'same'");
});

test('pages hold one organisation, leave nothing out and say where to go on', async () => {
  const [mine, other] = [
    await makeOrganization(house.database.db),
    await makeOrganization(house.database.db),
  ];
  const profileId = await makeProfile(house.database.db, mine);
  const node = await startNode();
  const start = await node.log.lastPosition();
  for (let n = 0; n < 7; n++) {
    await node.count({ organizationId: mine, profileId: n % 2 ? profileId : null }, n);
    await node.count({ organizationId: other }, 100 + n);
  }
  await eventually(async () => expect(await node.log.lastPosition()).toBe(start + 14));
  const numbers = (page: { events: { body: unknown }[] }) =>
    page.events.map((event) => (event.body as { n: number }).n);

  const first = await node.log.page({ organizationId: mine, after: start, limit: 4 });
  expect([numbers(first), first.hasMore]).toEqual([[0, 1, 2, 3], true]);
  const second = await node.log.page({ organizationId: mine, after: first.cursor, limit: 4 });
  expect([numbers(second), second.hasMore]).toEqual([[4, 5, 6], false]);
  const third = await node.log.page({ organizationId: mine, after: second.cursor, limit: 4 });
  expect([numbers(third), third.cursor]).toEqual([[], second.cursor]);

  const ofProfile = await node.log.page({ organizationId: mine, profileId, after: start, limit: 50 });
  expect(numbers(ofProfile)).toEqual([1, 3, 5]);
  const named = await node.log.page({ organizationId: mine, names: ['other.name'], after: start, limit: 50 });
  expect([named.events, named.cursor]).toEqual([[], start + 14]);
});

test('what went with a deleted organisation or profile makes no cursor of others gone', async () => {
  const { db } = house.database;
  const [gone, mine] = [await makeOrganization(db), await makeOrganization(db)];
  const profileId = await makeProfile(db, mine);
  const node = await startNode();
  const start = await node.log.lastPosition();
  for (let n = 0; n < 3; n++) await node.count({ organizationId: gone }, n);
  for (let n = 3; n < 6; n++) await node.count({ organizationId: mine, profileId }, n);
  await node.count({ organizationId: mine }, 6);
  await eventually(async () => expect(await node.log.lastPosition()).toBe(start + 7));
  // Nothing older than these is left, as on a server whose oldest tenant goes.
  await db.deleteFrom('events').where('position', '<=', start).execute();
  await db.deleteFrom('organizations').where('id', '=', gone).execute();
  await db.deleteFrom('profiles').where('id', '=', profileId).execute();
  const page = await node.log.page({ organizationId: mine, after: start + 1, limit: 5 });
  expect(page.events.map(({ body }) => body)).toEqual([{ n: 6 }]);
  expect(page.cursor).toBe(start + 7);
});

test('a cursor older than what is kept, or ahead of everything, is refused, not skipped', async () => {
  const node = await startNode();
  const head = await node.log.lastPosition();
  expect(head).toBeGreaterThan(10);
  await house.database.db
    .deleteFrom('events')
    .where('position', '<', head - 2)
    .execute();
  await house.database.db
    .updateTable('event_log')
    .set({ kept_after: head - 3 })
    .execute();
  const at = (after: number) => node.log.page({ organizationId, after, limit: 5 });
  await expect(at(head - 5)).rejects.toMatchObject({ code: 'CURSOR_GONE' });
  await expect(at(head + 1)).rejects.toMatchObject({ code: 'CURSOR_GONE' });
  await expect(at(head - 3)).resolves.toMatchObject({ cursor: head });
  await expect(at(0)).resolves.toMatchObject({ cursor: head });
});
