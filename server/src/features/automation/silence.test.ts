import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { automationsOf, hears, reply, textsOf } from './testing.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());
/** A word that no other test says. */
let words = 0;
const newWord = () => `word${words++}x`;
const { rule, runsOf, ended } = automationsOf(() => ({ tenant, profile }));

test('a person who writes silences the automations of the chat, until they give it back', async () => {
  const [word, probe] = [newWord(), newWord()];
  const made = await rule(word, [reply('automatic')]);
  await rule(probe, [reply('probe')]);
  const customer = await newCustomer(house.sandbox);
  const { conversationId } = await tenant.owner.post('/messages/text', {
    profileId: profile.id,
    to: customer.number,
    text: 'A person here.',
  });
  const handling = () => tenant.owner.get(`/conversations/${conversationId}/handling`);
  await until('a person has it', async () => (await handling()).handling === 'person');
  await customer.sends(profile.phone.number, word);
  await customer.sends(profile.phone.number, 'and so on');
  await until(
    'it has come',
    async () => (await tenant.owner.get(`/conversations/${conversationId}`)).unreadCount >= 2,
  );
  // Events are read in their order: who is answered now wrote after what must not be answered was looked at.
  const other = await newCustomer(house.sandbox);
  await other.sends(profile.phone.number, probe);
  await hears(other, 'probe');
  expect(
    await tenant.owner.put(`/conversations/${conversationId}/handling`, { handling: 'bot' }),
  ).toMatchObject({ handling: 'bot', until: null });
  await customer.sends(profile.phone.number, word);
  await hears(customer, 'automatic');
  expect(await runsOf(made.id)).toHaveLength(1);
});

test('switched off, a rule starts nothing more and its waiting runs end', async () => {
  const word = newWord();
  const made = await rule(word, [reply('before'), { type: 'delay', seconds: 3_600 }, reply('after')]);
  const customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, word);
  await hears(customer, 'before');
  await until('it waits', async () => (await runsOf(made.id))[0]?.waitingFor === 'time');
  await tenant.owner.put(`/automation/${made.id}/toggle`);
  expect(await runsOf(made.id)).toMatchObject([{ status: 'cancelled', error: 'It was switched off.' }]);
  await customer.sends(profile.phone.number, word);
  const probe = newWord();
  await rule(probe, [reply('probe')]);
  await customer.sends(profile.phone.number, probe);
  await hears(customer, 'probe');
  expect(await runsOf(made.id)).toHaveLength(1);
});

test('what answers itself is answered a few times, then there is silence', async () => {
  const word = newWord();
  const made = await rule(word, [reply(`again ${word}`)]);
  const echo = await newCustomer(house.sandbox);
  for (let round = 1; round <= 4; round++) {
    await echo.sends(profile.phone.number, `${word} ${round}`);
    await ended(made.id, round);
  }
  expect((await runsOf(made.id)).map(({ status }: any) => status)).toEqual([
    'stopped',
    'completed',
    'completed',
    'completed',
  ]);
  expect((await textsOf(echo)).filter((text) => text === `again ${word}`)).toHaveLength(3);
  const { events } = await tenant.key.get('/events?after=0&limit=200&event=automation.loop');
  expect(events.at(-1).data).toMatchObject({
    chatId: `${echo.number}@c.us`,
    reason: 'The same was said again and again.',
  });
});

test('profiles of one server do not answer each other, unless they are meant to', async () => {
  const word = newWord();
  const own = await rule(word, [reply('to a customer')]);
  const meant = await rule(word, [reply('to anybody')], { settings: { allowOwn: true } });
  const other = await connectedProfile(tenant, house.sandbox);
  await other.send(profile.phone.number, word);
  await ended(meant.id);
  expect(await runsOf(own.id)).toEqual([]);
});
