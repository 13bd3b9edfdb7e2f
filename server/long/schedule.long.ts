import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomers,
  newTenant,
  type Tenant,
} from '../test/tenant.ts';
import { until } from '../test/until.ts';

const messages = 200;
const people = 20;
/** The first is due then, the others within this time behind it; so many fall on the same moment. */
const [firstInMs, withinMs, alike] = [20_000, 20_000, 10];

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox, { messageDelayMs: 0 });
});
afterAll(() => house?.close());

test('of two hundred scheduled messages WhatsApp has 99 of 100 within a second of their time', async () => {
  const customers = await newCustomers(house.sandbox, people);
  // With everybody known, none waits for keys of a stranger.
  for (const { number } of customers) await profile.send(number, 'hello', { wait: 20 });
  const startMs = Date.now() + firstInMs;
  const moments = messages / alike;
  const due = new Map<string, number>();
  for (let n = 0; n < messages; n++) {
    const atMs = startMs + Math.floor(n / alike) * (withinMs / moments);
    const { id } = await tenant.key.post('/messages/schedule', {
      ...{ profileId: profile.id, to: customers[n % people]?.number, type: 'text', content: `number ${n}` },
      scheduledAt: new Date(atMs).toISOString(),
    });
    due.set(id, atMs);
  }
  expect(Date.now()).toBeLessThan(startMs);
  const sent = await until(
    'all are sent',
    async () => {
      const rows = await tenant.key.get(`/messages/schedule/${profile.id}?limit=200&status=sent`);
      return rows.length === messages && (rows as { id: string; messageId: string }[]);
    },
    firstInMs + withinMs + 60_000,
  );
  const onTheWire = new Map(
    (await house.sandbox.ledger({ number: profile.phone.number, kind: 'message' })).map((entry) => [
      ...([entry.messageId, entry.time] as const),
    ]),
  );
  const lateMs: number[] = [];
  for (const { id, messageId } of sent) {
    const { waMessageId } = await tenant.key.get(`/messages/${messageId}`);
    lateMs.push((onTheWire.get(waMessageId) ?? Number.POSITIVE_INFINITY) - (due.get(id) ?? 0));
  }
  lateMs.sort((a, b) => a - b);
  const at = (share: number) => lateMs[Math.ceil(share * lateMs.length) - 1];
  console.table({ first: lateMs[0], p50: at(0.5), p99: at(0.99), last: lateMs.at(-1) });
  expect(lateMs[0]).toBeGreaterThanOrEqual(0);
  expect(at(0.99)).toBeLessThan(1_000);
});
