import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { turnedClock } from '../../../test/kit/clock.ts';
import { insertProfile, whoseProfile } from '../../../test/profile-rows.ts';
import { seeded } from '../../../test/seeded.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { handOver } from '../conversations/index.ts';
import { type GoodRow, readRow } from './import/rows.ts';
import { takePeople } from './import/take-rows.store.ts';
import { type PeopleDeps, resolvePerson } from './people.store.ts';
import type { Whose } from './whose.ts';

let house: TestDatabase;
const clock = turnedClock();
const deps: PeopleDeps = { clock, handOver, tell: async () => undefined };
beforeAll(async () => {
  house = await testDatabase();
});
afterAll(() => house?.drop());

const [dialled, registered, lid] = ['5511987654321', '551187654321', '98765432109876'];
type Fact = (tx: Tx, whose: Whose) => Promise<unknown>;
/** All that can be learnt of one person; each may come first, last or again. */
const facts: Record<string, Fact> = {
  'dialled here': (tx, whose) => resolvePerson(tx, deps, whose, { phone: dialled }, { isDialled: true }),
  'wrote by number': (tx, whose) =>
    resolvePerson(tx, deps, whose, { phone: registered }, { whatsappName: 'Maria ✨' }),
  'wrote by linked identity': (tx, whose) =>
    resolvePerson(tx, deps, whose, { lid }, { whatsappName: 'Maria ✨' }),
  'both are one': (tx, whose) => resolvePerson(tx, deps, whose, { phone: registered, lid }),
  imported: async (tx, whose) => {
    const row = {
      line: 1,
      phone: `+${dialled}`,
      name: 'Maria',
      tags: ['market'],
      metadata: { city: 'Santos' },
    };
    const person = readRow(row, { country: 'BR', tags: [] }) as GoodRow;
    await takePeople(tx, whose, [person], { now: clock.now(), isDryRun: false });
  },
};

test('in whatever order and however often it is learnt who somebody is, it ends in one contact', async () => {
  const { db } = house.database;
  const random = seeded(20_260_301);
  for (let round = 0; round < 40; round++) {
    const profileId = await insertProfile(db);
    const whose = await whoseProfile(db, profileId);
    const names = [...Object.keys(facts), ...Object.keys(facts).filter(() => random() < 0.4)];
    const order = names.map((name) => [random(), name] as const).toSorted(([a], [b]) => a - b);
    for (const [, name] of order) {
      await inTransaction(db, async (tx) => facts[name]?.(tx, whose));
    }
    const rows = await db.selectFrom('contacts').selectAll().where('profile_id', '=', profileId).execute();
    const said = order.map(([, name]) => name).join(', ');
    expect([said, rows.map(({ phone }) => phone)]).toEqual([said, [registered]]);
    expect(rows[0], said).toMatchObject({
      ...{ lid, name: 'Maria', whatsapp_name: 'Maria ✨', tags: ['market'], metadata: { city: 'Santos' } },
    });
  }
});
