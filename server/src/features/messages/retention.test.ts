import { sql } from 'kysely';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import type { SandboxPhone } from '../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { createMediaStore } from '../media/media.store.ts';
import { adopt } from './adopt.store.ts';
import { createMessageStore } from './messages.store.ts';
import { createRetentionStore } from './retention.store.ts';
import { createRetention } from './retention.ts';

let house: House;
let db: Db;
let tenant: Tenant;
let profile: ConnectedProfile;
let customer: SandboxPhone;
let photo: string;
beforeAll(async () => {
  house = await openHouse();
  db = house.database.database.db;
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  customer = await newCustomer(house.sandbox);
  const plain = { width: 64, height: 48, channels: 3 as const, background: '#36a' };
  photo = (await sharp({ create: plain }).jpeg().toBuffer()).toString('base64');
});
afterAll(() => house?.close());

function run(): Promise<void> {
  const files = createMediaStore(db);
  const retention = createRetention({
    ...{ db, clock: house.clock, store: createRetentionStore(db), messages: createMessageStore(db) },
    media: { release: (tx, kind, ids) => files.release(tx, kind, ids, house.clock.now()) },
  });
  return retention({}, new AbortController().signal);
}
const keepDays = (messageRetentionDays: number | null) =>
  tenant.owner.put('/organizations/current', { settings: { messageRetentionDays } });
const age = (ids: string[], days: number) =>
  sql`update messages set timestamp = now() - make_interval(days => ${days}) where id = any(${ids}::uuid[])`.execute(
    db,
  );
const messages = (chat: ConnectedProfile = profile) =>
  tenant.key.get(`/messages/profile/${chat.id}?limit=200`) as Promise<
    { id: string; timestamp: string; content: any }[]
  >;
const fileOf = (id: string) =>
  db
    .selectFrom('media')
    .select('expires_at')
    .select((media) =>
      media
        .selectFrom('media_references')
        .whereRef('media_id', '=', 'media.id')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .as('references'),
    )
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const picture = async () => {
  const unique = Buffer.concat([Buffer.from(photo, 'base64'), Buffer.from(crypto.randomUUID())]);
  const body = { profileId: profile.id, to: customer.number, base64: unique.toString('base64') };
  const { messageId, waMessageId } = await tenant.key.post('/messages/image', body, { prefer: 'wait=20' });
  const { content } = await tenant.key.get(`/messages/${messageId}`);
  return { messageId, waMessageId, mediaId: content.media.id as string };
};

test('what is older than its organisation keeps it goes for good, with its file, and is counted', async () => {
  const old = await picture();
  const young = await picture();
  for (const text of ['one', 'two', 'three']) await customer.sends(profile.phone.number, text);
  const arrived = await until('they are here', async () => {
    const found = (await messages()).filter(({ content }) => /one|two|three/.test(content.text ?? ''));
    return found.length === 3 && found;
  });
  const idOf = (text: string) => arrived.find(({ content }) => content.text === text)?.id ?? '';
  const conversation = () =>
    db.selectFrom('conversations').selectAll().where('profile_id', '=', profile.id).executeTakeFirstOrThrow();
  const events = async () => (await db.selectFrom('events').select('id').execute()).length;
  const before = [await conversation(), await events()] as const;
  // More than a batch.
  await sql`insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type,
      content, status, timestamp, created_at, updated_at)
    select gen_random_uuid(), ${tenant.organizationId}, ${profile.id}, ${before[0].id}, 'OLD' || n, 'incoming',
      'text', '{}', 'read', now() - interval '90 days', now(), now() from generate_series(1, 450) n`.execute(
    db,
  );
  await db
    .updateTable('conversations')
    .set({ message_count: before[0].message_count + 450 })
    .where('id', '=', before[0].id)
    .execute();
  await age([old.messageId, idOf('one'), idOf('two')], 31);
  await age([idOf('three')], 29);

  await run();
  expect(await conversation()).toMatchObject({ message_count: before[0].message_count + 450 });
  await keepDays(30);
  await run();
  await run();
  expect((await messages()).map(({ id }) => id).sort()).toEqual([young.messageId, idOf('three')].sort());
  const after = await conversation();
  expect([after.message_count, after.unread_count]).toEqual([2, 1]);
  const newest = (await messages()).find(({ id }) => id === young.messageId);
  expect(after.last_message_at?.toISOString()).toBe(newest?.timestamp);
  expect(await fileOf(old.mediaId)).toEqual({ expires_at: expect.any(Date), references: 0 });
  expect(await fileOf(young.mediaId)).toEqual({ expires_at: null, references: 1 });
  expect(await events()).toBe(before[1]);
});

test('what still waits to be sent stays, and so does everything once nothing is asked', async () => {
  const { id } = await tenant.key.post('/profiles', { name: 'Away', engine: 'sandbox' });
  const body = { profileId: id, to: customer.number, text: 'waits' };
  const waiting = (await tenant.key.post('/messages/text', body)).messageId;
  await age([waiting], 90);
  await keepDays(30);
  await run();
  expect((await tenant.key.get(`/messages/${waiting}`)).status).toBe('queued');
  const young = await picture();
  await age([young.messageId], 90);
  await keepDays(null);
  await run();
  expect((await tenant.key.get(`/messages/${young.messageId}`)).id).toBe(young.messageId);
});

test('of a message that two conversations had one stays, with the file', async () => {
  const [first, second] = [await picture(), await newCustomer(house.sandbox)];
  const own = await db
    .selectFrom('messages')
    .selectAll()
    .where('id', '=', first.messageId)
    .executeTakeFirstOrThrow();
  const { conversationId: other } = await profile.send(second.number, 'Hello', { wait: 20 });
  const [twin, at] = [newId(), house.clock.now()];
  await sql`insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type,
      content, status, timestamp, created_at, updated_at)
    select ${twin}, organization_id, profile_id, ${other}, wa_message_id, direction, type, content, status, timestamp,
      created_at, updated_at from messages where id = ${own.id}`.execute(db);
  const by = { kind: 'message', id: twin, profileId: profile.id };
  await inTransaction(db, async (tx) => {
    await createMediaStore(db).refer(tx, tenant.organizationId, first.mediaId, by, at);
    await createMediaStore(db).release(tx, 'message', [own.id], at);
    await createMediaStore(db).refer(tx, tenant.organizationId, first.mediaId, by, at);
    await adopt(tx, other, own.conversation_id);
  });
  const references = await db
    .selectFrom('media_references')
    .select('referrer_id')
    .where('media_id', '=', first.mediaId)
    .execute();
  expect(references).toEqual([{ referrer_id: own.id }]);
});

test('a message that is deleted or taken back lets go of its file, and so does a deleted profile', async () => {
  const [deleted, revoked, kept] = [await picture(), await picture(), await picture()];
  await tenant.key.delete(`/messages/${deleted.messageId}`);
  const order = { profileId: profile.id, messageId: revoked.messageId };
  await tenant.key.post('/messages/delete-for-everyone', order, { prefer: 'wait=20' });
  await until(
    'it is taken back',
    async () => (await tenant.key.get(`/messages/${revoked.messageId}`)).revokedAt,
  );
  const gone = { expires_at: expect.any(Date), references: 0 };
  expect([await fileOf(deleted.mediaId), await fileOf(revoked.mediaId)]).toEqual([gone, gone]);
  expect(await fileOf(kept.mediaId)).toEqual({ expires_at: null, references: 1 });
  await tenant.key.delete(`/profiles/${profile.id}`);
  expect(await fileOf(kept.mediaId)).toEqual(gone);
});
