import { expect, test } from 'vitest';
import { openHouse } from '../test/house.ts';
import { connectedProfile, newCustomer, newTenant } from '../test/tenant.ts';
import { until } from '../test/until.ts';

const customersMax = 100;
const perCustomer = 5;
const perDay = 60;

test('of 500 messages at once on two nodes, cooldown and daily limit let exactly so many through', async () => {
  const house = await openHouse();
  try {
    await house.anotherNode();
    const tenant = await newTenant(house.api);
    const profile = await connectedProfile(tenant, house.sandbox);
    const rule = (name: string, more: object) =>
      tenant.owner.post('/automation', {
        ...{ profileId: profile.id, name, triggerType: 'keyword', triggerConfig: { keywords: ['price'] } },
        ...{ actions: [{ type: 'reply', message: name }], ...more },
      });
    const cooled = await rule('cooled', { cooldownSecs: 3_600 });
    const capped = await rule('capped', { maxTriggersPerDay: perDay });
    const customers = await Promise.all(
      Array.from({ length: customersMax }, () => newCustomer(house.sandbox)),
    );
    await Promise.all(
      customers.map(async (customer) => {
        for (let n = 0; n < perCustomer; n++) await customer.sends(profile.phone.number, `price ${n}`);
      }),
    );
    const { db } = house.database.database;
    await until(
      'all have come',
      async () => {
        const { count } = await db
          .selectFrom('messages')
          .select((row) => row.fn.countAll<number>().as('count'))
          .where('direction', '=', 'incoming')
          .executeTakeFirstOrThrow();
        return Number(count) === customersMax * perCustomer;
      },
      300_000,
    );
    const statsOf = (id: string) => tenant.owner.get(`/automation/${id}/stats`);
    await until(
      'all runs have ended',
      async () => {
        const [one, two] = [await statsOf(cooled.id), await statsOf(capped.id)];
        return one.runs.completed >= customersMax && one.runs.live + two.runs.live === 0;
      },
      300_000,
    );
    expect(await statsOf(cooled.id)).toMatchObject({
      ...{ triggerCount: customersMax, runs: { completed: customersMax, failed: 0, stopped: 0 } },
    });
    expect(await statsOf(capped.id)).toMatchObject({ triggerCount: perDay, todayCount: perDay });
    const sent = await db
      .selectFrom('messages')
      .select(['conversation_id'])
      .where('origin_kind', '=', 'automation')
      .where('origin_id', '=', cooled.id)
      .execute();
    expect(new Set(sent.map((row) => row.conversation_id)).size).toBe(customersMax);
    expect(sent).toHaveLength(customersMax);
  } finally {
    await house.close();
  }
}, 900_000);
