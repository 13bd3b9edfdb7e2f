import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628117000001';
const BEN = '628117000002';
const CARL = '628117000003';
const DORA = '628117000004';
/** Mail must have been quiet for so long before phones read by themselves; a little less, as clocks are coarse. */
const QUIET_MS = 200;
let kit: TestSandbox;

beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

async function write(from: string, to: string, text: string): Promise<string> {
  return (await kit.post<{ id: string }>(`/api/phones/${from}/messages`, { to, type: 'text', text })).body.id;
}

const seenLine = (id: string) =>
  until(`${id} is seen`, async () => (await kit.ledger(`messageId=${id}&kind=seen`))[0]);

/** Closes the network, changes what it keeps, and opens it again. */
async function damaged(sql: string): Promise<void> {
  const { port } = kit.sandbox;
  await kit.sandbox.close();
  const database = new DatabaseSync(join(kit.folder.path, 'sandbox.sqlite'));
  database.exec(sql);
  database.close();
  await kit.open(port);
}

test('a phone that nobody looks at confirms its mail at once, and decrypts it in a quiet moment', async () => {
  const id = await write(ANNA, BEN, 'no hurry');
  const [delivered] = await kit.ledger(`messageId=${id}&kind=delivered&number=${BEN}`);
  const seen = await seenLine(id);
  expect(seen).toMatchObject({ number: BEN, text: 'no hurry' });
  expect(seen.time - (delivered?.time ?? seen.time)).toBeGreaterThanOrEqual(QUIET_MS);
  expect((await kit.get(`/api/phones/${BEN}`)).body).toMatchObject({ pending: 0 });
});

test('a phone whose mail cannot be read rests for a while and keeps no other from its mail', async () => {
  await write(CARL, ANNA, 'spoiled');
  const id = await write(CARL, BEN, 'behind it');
  await damaged(`UPDATE queue SET node = x'ff' WHERE number = '${ANNA}' AND device = 0`);
  await seenLine(id);
  expect(kit.problems).toEqual([expect.stringContaining(`phone of ${ANNA} failed`)]);
});

test('a message that is damaged on the phone is shown empty, and the others as ever', async () => {
  const id = await write(BEN, DORA, 'damaged');
  await write(BEN, DORA, 'whole');
  await kit.seen(DORA);
  await damaged(`UPDATE inbox SET content = x'ff' WHERE number = '${DORA}' AND id = '${id}'`);
  const { status, body } = await kit.get(`/api/phones/${DORA}/messages?chat=${BEN}`);
  expect({ status, body }).toMatchObject({ status: 200, body: [{ id, content: {} }, { text: 'whole' }] });
});
