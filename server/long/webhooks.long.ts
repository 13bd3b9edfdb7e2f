import { expect, test } from 'vitest';
import { openHouse } from '../src/features/webhooks/testing.ts';
import { newId } from '../src/platform/ids.ts';
import { openSink } from '../test/kit/sink.ts';
import { killWhileDelivering } from '../test/webhook-crash-rig.ts';
import { killUnderSteadyLoad } from '../test/webhook-load-rig.ts';

test('killed three times with deliveries pending, no event is lost and no success is repeated', async () => {
  await killWhileDelivering({ kills: 3, events: 400 });
});

test('killed fifty times under 200 events a second, none is lost and one in a thousand repeats', async () => {
  await killUnderSteadyLoad({ kills: 50, perSecond: 200 });
});

test('beside an endpoint that is dead with 10,000 pending, a healthy one is as quick as before', async () => {
  const [house, sink] = [await openHouse({ schedule: [1, 2, 3], timeoutMs: 500 }), await openSink()];
  const { db } = house.database.database;
  const { organizationId } = house;
  // Nobody listens there.
  const dead = { url: 'http://127.0.0.1:9/', events: ['test.*'] };
  const { body: hook } = await house.call('POST', '/webhooks', { ...dead, enabled: false });
  await house.call('POST', '/webhooks', { url: sink.url, events: ['test.*'] });
  const webhookId = (hook as { id: string }).id;
  const p99 = async () => {
    const waits: number[] = [];
    for (let n = 0; n < 500; n++) {
      const arrived = sink.next();
      const fromMs = performance.now();
      await house.node.count({ organizationId }, n);
      waits.push((await arrived).atMs - fromMs);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 20 - (performance.now() - fromMs))));
    }
    return waits.sort((a, b) => a - b)[494] ?? 0;
  };
  const calm: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < 4; round++) {
    await house.call('PUT', `/webhooks/${webhookId}`, { enabled: false });
    calm.push(await p99());
    const now = new Date();
    const rows = Array.from({ length: 2_500 }, (_, n) => ({
      ...{ id: newId(), webhook_id: webhookId, event_id: newId(), event_name: 'test.counted' },
      ...{ sequence: n + 1, body: '{}', due_at: now, created_at: now },
    }));
    for (let n = 0; n < 4; n++) {
      const part = rows.map((row) => ({ ...row, id: newId(), event_id: newId() }));
      await db.insertInto('webhook_deliveries').values(part).execute();
    }
    await house.call('PUT', `/webhooks/${webhookId}`, { enabled: true });
    beside.push(await p99());
  }
  const median = (list: number[]) => list.toSorted((a, b) => a - b)[1] ?? 0;
  process.stdout.write(
    `p99 calm ${calm.map(Math.round).join(', ')} ms, beside the dead one ${beside.map(Math.round).join(', ')} ms\n`,
  );
  // Two milliseconds are what a timer may be late.
  expect(median(beside)).toBeLessThanOrEqual(median(calm) * 1.1 + 2);
  await sink.close();
  await house.stop();
});
