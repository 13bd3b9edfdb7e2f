import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../../test/profile-rows.ts';
import { systemClock } from '../../../platform/clock.ts';
import { newId } from '../../../platform/ids.ts';
import { createOutbound, type Outbound } from '../../../platform/outbound/outbound.ts';
import { type Chatwoot, createChatwoot } from './client.ts';
import { createChatwootLinks } from './links.store.ts';
import { createPlaces, type OurConversation } from './place.ts';
import { type LocalChatwoot, startChatwoot } from './testing.ts';

let store: TestDatabase;
let local: LocalChatwoot;
let outbound: Outbound;
let chatwoot: Chatwoot;
let place: ReturnType<typeof createPlaces>;
let whose: { organizationId: string; profileId: string };

beforeAll(async () => {
  [store, local] = await Promise.all([testDatabase(), startChatwoot()]);
  const { db } = store.database;
  whose = await whoseProfile(db, await insertProfile(db));
  outbound = createOutbound({ allow: ['127.0.0.1/32'], closedPorts: () => [] });
  chatwoot = createChatwoot(outbound, { url: local.url, accountId: '1', apiToken: local.token });
  place = createPlaces({ db, clock: systemClock, links: createChatwootLinks(db) });
});
afterAll(() => Promise.all([store?.drop(), local?.close(), outbound?.close()]));

async function conversation(chatId: string, lidJid: string | null = null): Promise<OurConversation> {
  const id = newId();
  const now = new Date();
  await store.database.db
    .insertInto('conversations')
    .values({
      ...{ id, organization_id: whose.organizationId, profile_id: whose.profileId, chat: chatId },
      ...{ type: 'user', created_at: now, updated_at: now },
    })
    .execute();
  return { id, ...whose, chatId, lidJid, name: 'Sari' };
}

test('whoever is known by a hidden number first stays one contact when the number is learnt', async () => {
  const hidden = await conversation('998877665544@lid');
  const there = await place(chatwoot, hidden, '3');
  expect(local.contacts).toEqual([
    expect.objectContaining({ identifier: '998877665544@lid', phone_number: null, name: 'Sari' }),
  ]);
  const known = { ...hidden, chatId: '628123450001@c.us', lidJid: '998877665544@lid' };
  expect(await place(chatwoot, known, '3')).toBe(there);
  expect(local.contacts).toEqual([
    expect.objectContaining({ identifier: '628123450001@c.us', phone_number: '+628123450001' }),
  ]);
  // The same under another conversation of ours, as after a merge.
  const again = await conversation('628123450001@c.us', '998877665544@lid');
  expect(await place(chatwoot, again, '3')).toBe(there);
});

test('a contact that agents made is found by number, in the other form of its country, too', async () => {
  local.contacts.push({ id: 7_001, name: 'Ana', phone_number: '+551187654321', identifier: 'crm-9' });
  await place(chatwoot, await conversation('5511987654321@c.us'), '3');
  const [made] = local.conversations.filter(({ contact }) => contact === 7_001);
  expect(made?.inbox).toBe(3);
  expect(local.contacts.find(({ id }) => id === 7_001)?.identifier).toBe('crm-9');
  local.contacts.push({ id: 7_002, name: 'Someone', phone_number: '+6281234500029', identifier: null });
  const other = await place(chatwoot, await conversation('628123450002@c.us'), '3');
  expect(local.conversations.find(({ id }) => id === other)?.contact).not.toBe(7_002);
});

test('interrupted after each call, it ends in one contact and one conversation', async () => {
  const sari = await conversation('628123450003@c.us');
  local.faults.push(
    { on: /^POST \/contacts$/, is: 'lose-answer' },
    { on: /^POST \/conversations$/, is: 'lose-answer' },
  );
  await expect(place(chatwoot, sari, '3')).rejects.toThrow('could not be reached');
  await expect(place(chatwoot, sari, '3')).rejects.toThrow('could not be reached');
  const there = await place(chatwoot, sari, '3');
  const contacts = local.contacts.filter(({ phone_number: phone }) => phone === '+628123450003');
  expect(contacts).toHaveLength(1);
  expect(
    local.conversations.filter(({ contact }) => contact === contacts[0]?.id).map(({ id }) => id),
  ).toEqual([there]);
});
