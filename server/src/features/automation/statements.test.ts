import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { automationsOf, hears, reply } from './testing.ts';

/** Statements in the order in which they were sent, each with its connection. */
interface Sent {
  connection: unknown;
  text: string;
  values: readonly unknown[];
}
const sent: Sent[] = [];
const query = pg.Client.prototype.query;

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  pg.Client.prototype.query = function noted(this: pg.Client, ...given: never[]) {
    const [first, second = []] = given as unknown as [
      string | { text: string; values?: unknown[] },
      unknown[],
    ];
    const { text, values = [] } = typeof first === 'string' ? { text: first, values: second } : first;
    sent.push({ connection: this, text: text.trim(), values });
    return (query as (...all: never[]) => unknown).apply(this, given);
  } as never;
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(async () => {
  await house?.close();
  pg.Client.prototype.query = query;
});
const { rule, ended } = automationsOf(() => ({ tenant, profile }));

/** Transactions and single statements, of which any speaks of automations or moves their cursor. */
function ofAutomations(all: readonly Sent[]): string[] {
  const open = new Map<unknown, Sent[]>();
  const works: Sent[][] = [];
  for (const one of all) {
    const work = open.get(one.connection);
    if (one.text === 'begin') open.set(one.connection, [one]);
    else if (!work) works.push([one]);
    else {
      work.push(one);
      if (one.text === 'commit' || one.text === 'rollback') {
        works.push(work);
        open.delete(one.connection);
      }
    }
  }
  const isOurs = ({ text, values }: Sent) => text.includes('automation_') || values.includes('automation');
  return works.filter((work) => work.some(isOurs)).flatMap((work) => work.map(({ text }) => text));
}

test('an automatic reply, one of a hundred rules, costs at most twelve statements', async () => {
  for (let n = 0; n < 100; n++) {
    await rule(`word${n}x`, [reply('You said {{message}}')], { conditions: [{ type: 'not_group' }] });
  }
  const last = await rule('asked', [reply('Answered: {{message}}')]);
  const customer = await newCustomer(house.sandbox);
  const asks = async (n: number) => {
    // Longer than a word that stops us: for such words is looked at most four times a second.
    const text = `asked ${n}, and longer than any word that somebody stops us with`;
    await customer.sends(profile.phone.number, text);
    await hears(customer, `Answered: ${text}`);
  };
  await asks(1);
  await ended(last.id);
  sent.length = 0;
  await asks(2);
  // A cursor also moves where nothing was to be done, now and then, and the planner's figures are renewed.
  const texts = ofAutomations(sent).filter((text) => !/^(with at_cursor|analyze )/.test(text));
  expect(texts.length, texts.map((text) => text.slice(0, 90)).join('\n')).toBeLessThanOrEqual(12);
});
