import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type House, openHouse } from '../test/house.ts';
import { sandboxAt } from '../test/sandbox.ts';
import { connectedProfile, newNumber, newTenant } from '../test/tenant.ts';
import { until } from '../test/until.ts';

const groupsMax = 200;
const membersMax = 1_000;

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

test('two hundred groups of a thousand members are taken in while the server answers', async () => {
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const tenant = await newTenant(house.api);
  const phone = sandbox.phone(newNumber());
  await phone.named('Bakery');
  const [admin = '', ...members] = Array.from({ length: membersMax }, newNumber);
  for (let n = 0; n < groupsMax; n++) {
    await sandbox.group(admin, `Large ${n}`, [phone.number, ...members.slice(0, membersMax - 2)]);
  }
  const before = process.memoryUsage().rss;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let rssMax = before;
  const watch = setInterval(() => {
    rssMax = Math.max(rssMax, process.memoryUsage().rss);
  }, 20);
  const profile = await connectedProfile(tenant, sandbox, {}, phone);
  const { db } = house.database.database;
  const count = async () => {
    const row = await db
      .selectFrom('group_members')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  };
  const take = async (what: string, isDone: () => Promise<boolean>) => {
    const begunMs = performance.now();
    delay.reset();
    delay.enable();
    await until(what, isDone, 300_000);
    delay.disable();
    const [tookMs, stillMs] = [performance.now() - begunMs, delay.max / 1e6].map(Math.round);
    console.info(`${what}: ${tookMs} ms, event loop held up ${stillMs} ms at most`);
  };
  const syncedAt = async () =>
    (await db.selectFrom('group_syncs').select('fetched_at').executeTakeFirst())?.fetched_at.getTime() ?? 0;
  await take('stored for the first time', async () => (await syncedAt()) > 0);
  expect(await count()).toBe(groupsMax * membersMax);
  const first = await syncedAt();
  await profile.disconnect();
  house.clock.advance({ seconds: 5 });
  await profile.connect();
  await take('confirmed at the next connection', async () => (await syncedAt()) > first);
  clearInterval(watch);
  console.info(`memory: ${Math.round((rssMax - before) / 1e6)} MB more than before, at most`);
  const { length } = await tenant.key.get(`/groups/profile/${profile.id}?limit=200`);
  expect(length).toBe(groupsMax);
}, 900_000);
