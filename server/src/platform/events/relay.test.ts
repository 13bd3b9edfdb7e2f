import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { eventually } from '../../../test/kit/eventually.ts';
import { inTransaction } from '../db/transaction.ts';
import { numberBatch } from './relay.sql.ts';
import { alongTheIndex } from './relay.ts';
import { counted, type EventNode, makeOrganization, startEventNode } from './testing.ts';

let house: TestDatabase;
let organizationId: string;
const nodes: EventNode[] = [];

async function startNode(): Promise<EventNode> {
  const node = await startEventNode(house.database);
  nodes.push(node);
  return node;
}
/** Numbers heard by a tail, in the order heard. */
function hear(node: EventNode): { n: number[]; positions: number[] } {
  const tail = { n: [] as number[], positions: [] as number[] };
  node.log.tail('test', (events) => {
    for (const event of events) {
      tail.n.push((event.body as { n: number }).n);
      tail.positions.push(event.position);
    }
  });
  return tail;
}

beforeAll(async () => {
  house = await testDatabase();
  organizationId = await makeOrganization(house.database.db);
});
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});
afterAll(async () => house.drop());

test('events are numbered without gaps in the order they were recorded, and heard in that order', async () => {
  const node = await startNode();
  const tail = hear(node);
  const before = await node.log.lastPosition();
  for (let n = 0; n < 20; n++) await node.count({ organizationId }, n);
  await eventually(() => expect(tail.n).toEqual(Array.from({ length: 20 }, (_, n) => n)));
  expect(tail.positions).toEqual(Array.from({ length: 20 }, (_, n) => before + 1 + n));
});

test('an event whose transaction commits late is never skipped by a cursor', async () => {
  const node = await startNode();
  const tail = hear(node);
  let commit = () => {};
  const held = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let recorded = () => {};
  const early = new Promise<void>((resolve) => {
    recorded = resolve;
  });
  const late = inTransaction(house.database.db, async (tx) => {
    await node.recorder.record(tx, counted, { organizationId, profileId: null, body: { n: 1 } });
    recorded();
    await held;
  });
  await early;
  await node.count({ organizationId }, 2);
  await eventually(() => expect(tail.n).toEqual([2]));
  commit();
  await late;
  await eventually(() => expect(tail.n).toEqual([2, 1]));
  const [second = 0, first = 0] = tail.positions;
  expect(first).toBe(second + 1);
});

test('a transaction that is rolled back leaves no event and no gap', async () => {
  const node = await startNode();
  const tail = hear(node);
  const before = await node.log.lastPosition();
  const undone = inTransaction(house.database.db, async (tx) => {
    await node.recorder.record(tx, counted, { organizationId, profileId: null, body: { n: 1 } });
    throw new Error('no');
  });
  await expect(undone).rejects.toThrow('no');
  await node.count({ organizationId }, 2);
  await eventually(() => expect(tail.positions).toEqual([before + 1]));
});

test('writers on two nodes see one numbering; both nodes hear all once, in the same order', async () => {
  const [one, two] = [await startNode(), await startNode()];
  const [first, second] = [hear(one), hear(two)];
  const before = await one.log.lastPosition();
  const writers = [one, two, one, two].map(async (node, writer) => {
    for (let n = 0; n < 25; n++) await node.count({ organizationId }, writer * 100 + n);
  });
  await Promise.all(writers);
  await eventually(() => expect([first.n.length, second.n.length]).toEqual([100, 100]));
  expect(first.n).toEqual(second.n);
  expect(first.positions).toEqual(Array.from({ length: 100 }, (_, n) => before + 1 + n));
});

test('a node whose numbering session dies is replaced by another node by itself', async () => {
  const [one, two] = [await startNode(), await startNode()];
  const tail = hear(two);
  await two.count({ organizationId }, 1);
  await eventually(() => expect(tail.n).toEqual([1]));
  await one.stop();
  nodes.splice(nodes.indexOf(one), 1);
  await two.count({ organizationId }, 2);
  await eventually(() => expect(tail.n).toEqual([1, 2]));
});

test('losing the database connection loses no event: the relay comes back', async () => {
  const node = await startNode();
  const tail = hear(node);
  await node.count({ organizationId }, 1);
  await eventually(() => expect(tail.n).toEqual([1]));
  const client = new Client({ connectionString: house.databaseUrl });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await client.end();
  await eventually(() => node.count({ organizationId }, 2));
  await eventually(() => expect(tail.n.at(-1)).toBe(2));
});

test('events are numbered along an index of those without a number, whatever the statistics', async () => {
  const session = new Client({
    connectionString: house.databaseUrl,
    options: alongTheIndex.map((setting) => `-c ${setting}`).join(' '),
  });
  await session.connect();
  const plan = async () => {
    const { rows } = await session.query(`explain ${numberBatch.text}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const isAlong = async () => {
    expect(await plan()).toMatch(/Index.* Scan using events_unnumbered/);
    expect(await plan()).not.toMatch(/events_position_key|(Seq|Bitmap Heap) Scan on events\b/);
  };
  const node = await startNode();
  await isAlong();
  await sql`analyze events`.execute(house.database.db);
  await isAlong();
  for (let n = 0; n < 300; n++) await node.count({ organizationId }, n);
  await sql`analyze events`.execute(house.database.db);
  await isAlong();
  await session.end();
});

test('an event reaches a reader of its process within milliseconds of the commit', async () => {
  const node = await startNode();
  const waits: number[] = [];
  let tell = () => {};
  node.log.tail('stopwatch', () => tell());
  for (let n = 0; n < 100; n++) {
    const arrival = new Promise<void>((resolve) => {
      tell = resolve;
    });
    await node.count({ organizationId }, n);
    const committedAt = performance.now();
    await arrival;
    waits.push(performance.now() - committedAt);
  }
  const median = waits.sort((a, b) => a - b)[50] ?? 0;
  process.stdout.write(`commit to reader: p50 ${median.toFixed(2)} ms, p99 ${waits[98]?.toFixed(2)} ms\n`);
  expect(median).toBeLessThan(100);
});
