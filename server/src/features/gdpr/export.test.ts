import { gunzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { newNumber, newTenant, type Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { createVault } from '../../platform/crypto.ts';
import { newId } from '../../platform/ids.ts';
import { collectKeeps } from '../../platform/keeps/keeps.ts';
import { silentLog } from '../../platform/log.ts';
import { createExportStore } from './export/exports.store.ts';
import { createMaker } from './export/make.ts';
import { personalData } from './gdpr.schema.ts';
import { type Member, newMember, signedIn } from './testing.ts';

/** More than two pages. */
const planted = 1_100;
const canary = 'c4n4ryexport';
const hidden = 'h1dd3nsecret';

let house: House;
let tenant: Tenant;
let viewer: Member;
let owner: Tenant['owner'];

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  viewer = await newMember(house, tenant);
  await plant();
  owner = await signedIn(house, tenant.email, tenant.password, `${canary}-session`);
});
afterAll(() => house?.close());

const db = () => house.database.database.db;
const keeps = () => collectKeeps(house.gateway.features);

/** A row of every kind, and more than two pages of messages; their texts do not compress well. */
async function plant(): Promise<void> {
  const profile = await tenant.owner.post('/profiles', { name: `${canary}-profile`, engine: 'sandbox' });
  const sent = await tenant.owner.post('/messages/text', {
    profileId: profile.id,
    to: newNumber(),
    text: `${canary}-message`,
  });
  await tenant.owner.post('/api-keys', { name: `${canary}-key` });
  await tenant.owner.post('/webhooks', {
    url: `http://127.0.0.1:9/${canary}-webhook`,
    events: ['*'],
    headers: { 'x-token': hidden },
    secret: `${hidden}-${'x'.repeat(24)}`,
  });
  await sql`insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, type,
      content, status, timestamp, created_at, updated_at)
    select gen_random_uuid(), organization_id, profile_id, conversation_id, 'P' || n, 'incoming', 'text',
      jsonb_build_object('text', (select string_agg(md5(random()::text || n || piece), '') from generate_series(1, 40) as piece)),
      'received', created_at - make_interval(secs => n / 3), created_at, created_at
    from messages, generate_series(1, ${planted}) as n where id = ${sent.messageId}`.execute(db());
  await sql`update contacts set name = ${`${canary}-contact`} where organization_id = ${tenant.organizationId}`.execute(
    db(),
  );
  await sql`insert into invitations (id, organization_id, email, name, role_id, delivery, token_hash, invited_by, created_at, expires_at)
    select gen_random_uuid(), roles.organization_id, ${`${canary}-invited@example.org`}, 'New', roles.id, 'link', ${Buffer.from(
      hidden,
    )}::bytea, ${viewer.id}, created_at, created_at + interval '1 year' from roles
    where organization_id = ${tenant.organizationId} and system_key = 'viewer'`.execute(db());
}

test('every table and every column is exported, or withheld for a reason that is written down', async () => {
  const { rows } = await sql<{ table: string; column: string }>`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely%'`.execute(db());
  const columnsOf = Map.groupBy(rows, ({ table }) => table);
  expect(columnsOf.size).toBeGreaterThan(20);
  const { sections, withheld } = keeps();
  const allSections = [...sections.person, ...sections.organization];
  const exported = new Set<string>(allSections.map(({ table }) => table));
  expect([...exported, ...withheld.keys()].filter((table) => !columnsOf.has(table))).toEqual([]);
  for (const [table, columns] of columnsOf) {
    expect(exported.has(table) !== withheld.has(table), `${table} is in exactly one list`).toBe(true);
    for (const section of allSections.filter((candidate) => candidate.table === table)) {
      const decided = [...section.columns, ...Object.keys(section.withheld ?? {})];
      const actual = columns.map(({ column }) => column);
      expect(decided.toSorted(), `${section.name}: columns of ${table}`).toEqual(actual.toSorted());
    }
  }
});

test('the owner receives the whole organization, to the last row, and nobody’s secrets', async () => {
  const answer = await owner.call('GET', '/account/export');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-disposition')).toMatch(
    /^attachment; filename="multiwa-export-.*\.json"$/,
  );
  const document = answer.body;
  expect(document.messages).toHaveLength(planted + 1);
  expect(new Set(document.messages.map((one: { id: string }) => one.id)).size).toBe(planted + 1);
  expect(document.statistics).toMatchObject({
    totalMessages: planted + 1,
    totalContacts: 1,
    totalProfiles: 1,
  });
  expect(document.user).toMatchObject({ email: tenant.email, role: 'owner', twoFactorEnabled: false });
  expect(document.members.map((one: { email: string }) => one.email).toSorted()).toEqual(
    [tenant.email, viewer.email].toSorted(),
  );
  const text = JSON.stringify(document);
  for (const what of ['profile', 'message', 'contact', 'key', 'webhook', 'invited', 'session']) {
    expect(text, what).toContain(`${canary}-${what}`);
  }
  expect(document.events.length).toBeGreaterThan(0);
  expect(document.organizationAuditLogs.some((one: { action: string }) => one.action === 'gdpr.export')).toBe(
    true,
  );
  expect(text).not.toContain(hidden);
  expect(text).not.toContain('$argon2');
  expect(text).not.toMatch(/password_?hash|key_?hash|token_?hash|"secret"/i);
});

test('everything in the document stands in its description', async () => {
  const { body } = await owner.call('GET', '/account/export');
  const { properties } = personalData(keeps()) as unknown as { properties: object };
  expect(Object.keys(body).toSorted()).toEqual(Object.keys(properties).toSorted());
});

test('everyone else receives what is about themselves and nothing of others', async () => {
  const { body } = await viewer.api.call('GET', '/account/export');
  expect(body).toMatchObject({
    covers: 'person',
    user: { id: viewer.id },
    automations: [],
    notifications: [],
  });
  expect(body).toMatchObject({ profiles: [], messages: [], contacts: [], pushSubscriptions: [] });
  expect(body.sessions.length).toBe(1);
  expect(body.invitationsSent).toHaveLength(1);
  const text = JSON.stringify(body);
  expect(text).not.toContain(canary);
  expect(text).not.toContain(tenant.email);
  const key = await tenant.key.call('GET', '/account/export');
  expect([key.status, key.body.error.code]).toEqual([403, 'PERMISSION_DENIED']);
});

test('an export is made as a file, one at a time, readable by its maker alone and for a day', async () => {
  const created = await owner.call('POST', '/account/exports', undefined, { 'idempotency-key': 'once' });
  expect([created.status, created.data.status]).toEqual([201, 'queued']);
  const { id } = created.data;
  const again = await owner.call('POST', '/account/exports', undefined, { 'idempotency-key': 'once' });
  expect(again.data.id).toBe(id);
  const ready = await until('the file is ready', async () => {
    const now = await owner.get(`/account/exports/${id}`);
    return now.status === 'ready' && now;
  });
  expect(ready.progress.sectionsDone).toBe(ready.progress.sectionsTotal);
  expect(ready.progress.rows).toBeGreaterThan(planted);

  const download = async () =>
    fetch(`${house.api.url}${ready.downloadUrl}`, { headers: await ownerHeaders() });
  const file = await download();
  const bytes = Buffer.from(await file.arrayBuffer());
  expect([file.status, bytes.length, file.headers.get('content-type')]).toEqual([
    200,
    ready.bytes,
    'application/gzip',
  ]);
  expect(JSON.parse(gunzipSync(bytes).toString()).messages).toHaveLength(planted + 1);
  const { rows: chunks } = await sql<{ bytes: Buffer }>`select bytes from data_export_chunks
    where export_id = ${id}`.execute(db());
  expect(chunks.length).toBeGreaterThan(1);
  for (const chunk of chunks) expect(bytes.includes(chunk.bytes.subarray(40, 80))).toBe(false);

  const foreign = await viewer.api.call('GET', `/account/exports/${id}/download`);
  expect([foreign.status, foreign.body.error.code]).toEqual([404, 'EXPORT_NOT_FOUND']);

  await sql`update users set role = 'admin' where email = ${tenant.email}`.execute(db());
  const noOwner = await owner.call('GET', `/account/exports/${id}/download`);
  expect([noOwner.status, noOwner.body.error.code]).toEqual([403, 'PERMISSION_DENIED']);
  await sql`update users set role = 'owner' where email = ${tenant.email}`.execute(db());

  house.clock.advance({ hours: 24, minutes: 1 });
  const late = await owner.call('GET', `/account/exports/${id}/download`);
  expect([late.status, late.body.error.code]).toEqual([410, 'EXPORT_EXPIRED']);
  expect((await owner.get(`/account/exports/${id}`)).status).toBe('expired');
  const store = createExportStore(db());
  const now = house.clock.now();
  await store.purge({ now, stuckBefore: new Date(0), before: new Date(0), reason: '' });
  expect((await sql`select 1 from data_export_chunks where export_id = ${id}`.execute(db())).rows).toEqual(
    [],
  );
  await owner.delete(`/account/exports/${id}`);
  expect((await owner.call('GET', `/account/exports/${id}`)).status).toBe(404);
});

let headers: Record<string, string> | undefined;
async function ownerHeaders(): Promise<Record<string, string>> {
  if (!headers) {
    const { accessToken } = await house.api.post('/auth/login', {
      email: tenant.email,
      password: tenant.password,
    });
    headers = { authorization: `Bearer ${accessToken}` };
  }
  return headers;
}

/** A queued export, as the job finds it. */
async function waitingExport(): Promise<string> {
  const id = newId();
  await sql`insert into data_exports (id, organization_id, user_id, created_at)
    select ${id}::uuid, organization_id, id, ${house.clock.now()}::timestamptz from users where email = ${tenant.email}`.execute(
    db(),
  );
  return id;
}

test('an export begins also when its statement is planned for all values, as after some repeats', async () => {
  const store = createExportStore(db());
  const whose = { userId: viewer.id, organizationId: tenant.organizationId };
  const undone = new Error('undone');
  const beginning = db()
    .transaction()
    .execute(async (tx) => {
      await sql`set local plan_cache_mode = force_generic_plan`.execute(tx);
      expect(await store.insert(tx, whose, new Date())).toBeDefined();
      expect(await store.insert(tx, whose, new Date())).toBeUndefined();
      throw undone;
    });
  await expect(beginning).rejects.toBe(undone);
});

test('while one is being made there is no second one, and what is not ready cannot be downloaded', async () => {
  const id = await waitingExport();
  const second = await owner.call('POST', '/account/exports');
  expect([second.status, second.body.error.code]).toEqual([409, 'EXPORT_IN_PROGRESS']);
  const early = await owner.call('GET', `/account/exports/${id}/download`);
  expect([early.status, early.body.error.code]).toEqual([409, 'EXPORT_NOT_READY']);
  await owner.delete(`/account/exports/${id}`);
});

test('an export that cannot be made fails after some tries and leaves the way to the next one', async () => {
  const exportId = await waitingExport();
  const store = createExportStore(db());
  const vault = createVault(Buffer.alloc(32, 7));
  const append = () => Promise.reject(new Error('no room'));
  const deps = { db: db(), clock: house.clock, log: silentLog, vault, keeps, store: { ...store, append } };
  const { signal } = new AbortController();
  for (let attempt = 1; attempt < 5; attempt++) {
    await expect(createMaker(deps).make({ exportId }, signal)).rejects.toThrow('no room');
  }
  await createMaker(deps).make({ exportId }, signal);
  expect(await owner.get(`/account/exports/${exportId}`)).toMatchObject({ status: 'failed', bytes: null });
  expect((await owner.call('GET', `/account/exports/${exportId}/download`)).status).toBe(409);
  const next = await owner.post('/account/exports');
  await owner.delete(`/account/exports/${next.id}`);
});

test('an attempt that dies begins anew, the file is whole, and the dead one writes no more', async () => {
  const exportId = await waitingExport();
  const store = createExportStore(db());
  const runs: string[] = [];
  const vault = createVault(Buffer.alloc(32, 7));
  const deps = { db: db(), clock: house.clock, log: silentLog, vault, keeps };
  const dying = createMaker({
    ...deps,
    store: {
      ...store,
      async append(run, position, ...rest) {
        runs.push(run.runId);
        if (position === 1) throw new Error('killed');
        return store.append(run, position, ...rest);
      },
    },
  });
  const { signal } = new AbortController();
  await expect(dying.make({ exportId }, signal)).rejects.toThrow('killed');
  expect(await store.chunk(exportId, 0)).toBeDefined();

  const maker = createMaker({ ...deps, store });
  await maker.make({ exportId }, signal);
  await maker.make({ exportId }, signal);
  const [first = ''] = runs;
  const progress = { sectionsDone: 0, sectionsTotal: 0, rows: 0 };
  expect(await store.append({ exportId, runId: first }, 9, Buffer.from('stale'), progress)).toBe(false);

  const row = await db()
    .selectFrom('data_exports')
    .selectAll()
    .where('id', '=', exportId)
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({ status: 'ready', covers: 'organization', attempts: 2 });
  const pieces: Buffer[] = [];
  for await (const piece of maker.read(exportId, row.bytes ?? 0)) pieces.push(piece);
  expect(JSON.parse(gunzipSync(Buffer.concat(pieces)).toString()).messages).toHaveLength(planted + 1);
});
