import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { connectedProfile, newNumber, newTenant, type Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { later } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { collectKeeps } from '../../platform/keeps/keeps.ts';
import { createLeavingStore } from '../organizations/index.ts';
import { createOrganizationEraser } from './erase/erase-organization.ts';
import { createOrganizationErasure, type OrganizationErasure } from './erase/organization.store.ts';
import { Erased } from './gdpr.schema.ts';
import { newMember, signedIn, tablesWith } from './testing.ts';

const canary = 'c4n4ryerase';

let house: House;
let tenant: Tenant;
let neighbour: Tenant;

beforeAll(async () => {
  house = await openHouse();
  [tenant, neighbour] = await Promise.all([newTenant(house.api), newTenant(house.api)]);
});
afterAll(() => house?.close());

const db = () => house.database.database.db;
const refused = async (answer: Promise<{ status: number; body: { error?: { code: string } } }>) => {
  const { status, body } = await answer;
  return [status, body.error?.code];
};

test('nobody is deleted without their password, and no key deletes anybody', async () => {
  const { owner, key, password } = tenant;
  expect(await refused(owner.call('DELETE', '/account/delete'))).toEqual([400, 'VALIDATION_ERROR']);
  expect(await refused(owner.call('DELETE', '/account/delete', { password: '' }))).toEqual([
    400,
    'VALIDATION_ERROR',
  ]);
  expect(await refused(owner.call('DELETE', '/auth/account', { password: 'a guess' }))).toEqual([
    400,
    'PASSWORD_INCORRECT',
  ]);
  expect(await refused(key.call('DELETE', '/auth/account', { password }))).toEqual([
    403,
    'PERMISSION_DENIED',
  ]);
  expect((await owner.get('/auth/me')).email).toBe(tenant.email);
  const tried = db().selectFrom('audit_logs').select('outcome').where('action', '=', 'gdpr.delete');
  expect(await tried.where('organization_id', '=', tenant.organizationId).execute()).toEqual([
    { outcome: 'failed' },
  ]);
});

test('a member who leaves takes all about them along; of their deeds a pseudonym stays', async () => {
  const member = await newMember(house, tenant, 'admin');
  const api = await signedIn(house, member.email, tenant.password, `${canary}-browser`);
  const { key } = await api.post('/api-keys', { name: `${canary}-key` });
  await api.post('/account/exports');
  const profile = await api.post('/profiles', { name: 'Shop', engine: 'sandbox' });
  const { conversationId } = await api.post(
    '/messages/text',
    { profileId: profile.id, to: newNumber(), text: 'stays' },
    { 'idempotency-key': `by-${member.id}` },
  );
  await sql`update conversations set assigned_user_id = ${member.id} where id = ${conversationId}`.execute(
    db(),
  );
  await sql`insert into attempt_counters (key, attempts, expires_at) values
    (${`login-minute:${member.email} 127.0.0.1`}, 1, now()), (${`confirm:${member.id}`}, 1, now()),
    (${`login-minute:x${member.email}`}, 1, now())`.execute(db());
  await sql`insert into audit_logs (id, organization_id, action, user_id, resource_type, ip_address, user_agent, occurred_at)
    values (${newId()}, ${tenant.organizationId}, 'auth.login', ${member.id}, 'session', '203.0.113.77',
      ${`${canary}-browser`}, now())`.execute(db());

  const gone = await api.call('DELETE', '/account/delete', { password: tenant.password });
  expect(gone.data).toMatchObject({
    success: true,
    deletionSummary: { sessions: 2, apiKeys: 1, user: 1, notifications: 0, pushSubscriptions: 0 },
  });
  expect(gone.data.deletionSummary.auditLogs).toBeGreaterThan(0);
  expect((await api.call('GET', '/auth/me')).status).toBe(401);
  expect((await house.api.as({ 'x-api-key': key }).call('GET', '/profiles')).status).toBe(401);
  const again = await house.api.call('POST', '/auth/login', {
    email: member.email,
    password: tenant.password,
  });
  expect(again.status).toBe(401);

  expect(await tablesWith(house, [canary, '203.0.113.77'])).toEqual([]);
  expect(await tablesWith(house, [member.id])).toEqual(['public.audit_logs']);
  await sql`delete from attempt_counters where key = ${`login-minute:x${member.email}`}`
    .execute(db())
    .then(({ numAffectedRows }) => expect(numAffectedRows, 'another account’s counter stays').toBe(1n));
  await sql`delete from attempt_counters where key like ${`login-%${member.email}%`}`.execute(db());
  expect(await tablesWith(house, [member.email])).toEqual([]);
  const deeds = await db()
    .selectFrom('audit_logs')
    .select(['action', 'ip_address', 'user_agent'])
    .where('user_id', '=', member.id)
    .execute();
  expect(deeds.map(({ action }) => action)).toContain('gdpr.delete');
  expect(deeds.every((row) => row.ip_address === null && row.user_agent === null)).toBe(true);
  expect(await tenant.owner.get(`/conversations/${conversationId}`)).toMatchObject({ assignedUserId: null });
  await expect(sql`update audit_logs set action = 'x'`.execute(db())).rejects.toThrow('append-only');
});

test('whatever is counted when a person leaves stands in the answer', async () => {
  const { ofPerson } = collectKeeps(house.gateway.features);
  const names = Object.keys(Erased.properties.deletionSummary.properties);
  const counts = ofPerson.flatMap((piece) => piece.counts ?? []);
  expect(counts.length).toBeGreaterThan(3);
  expect(names).toEqual(expect.arrayContaining(counts));
});

test('an owner whom others depend on is not deleted', async () => {
  const member = await newMember(house, tenant);
  expect(await refused(tenant.owner.call('DELETE', '/auth/account', { password: tenant.password }))).toEqual([
    409,
    'OWNER_STILL_NEEDED',
  ]);
  expect((await tenant.owner.get('/auth/me')).email).toBe(tenant.email);
  await member.api.delete('/account/delete', { password: tenant.password });
});

test('an owner’s organization leaves no row, no linked device and no message on its way', async () => {
  const profile = await connectedProfile(tenant, house.sandbox, { name: `${canary}-profile` });
  const { phone } = profile;
  const stranger = house.sandbox.phone(newNumber());
  await stranger.named(`${canary}-contact`);
  await stranger.sends(phone.number, `${canary}-incoming`);
  const { id: webhookId } = await tenant.owner.post('/webhooks', {
    url: `http://127.0.0.1:9/${canary}-webhook`,
    events: ['*'],
    headers: { 'x-note': `${canary}-header` },
  });
  const sent = await profile.send(stranger.number, `${canary}-sent`, {
    wait: 10,
    key: `${canary}-idempotency`,
  });
  await tenant.owner.put(`/profiles/${profile.id}`, { messageDelayMs: 60_000 });
  const queued = await until('a message waits for its turn', async () => {
    const late = await profile.send(stranger.number, `${canary}-late-${newId()}`, { wait: 1 });
    return late.status === 'queued' && late;
  });
  const { key } = await tenant.owner.post('/api-keys', { name: `${canary}-key` });
  const browser = await signedIn(house, tenant.email, tenant.password, `${canary}-browser`);
  const made = await browser.post('/account/exports');
  await until(
    'the export is ready',
    async () => (await browser.get(`/account/exports/${made.id}`)).status === 'ready',
  );
  await sql`insert into invitations (id, organization_id, email, name, role_id, delivery, token_hash, created_at, expires_at)
    select gen_random_uuid(), organization_id, ${`${canary}@example.org`}, 'New', id, 'link', ${Buffer.from(canary)}::bytea,
      created_at, created_at from roles where organization_id = ${tenant.organizationId} and system_key = 'viewer'`.execute(
    db(),
  );
  await sql`insert into audit_logs (id, organization_id, action, user_id, resource_type, metadata, occurred_at)
    values (${newId()}, ${tenant.organizationId}, 'org.update', null, 'organization',
      ${JSON.stringify({ note: canary })}, now())`.execute(db());
  await sql`update contacts set metadata = ${JSON.stringify({ note: canary })}
    where organization_id = ${tenant.organizationId}`.execute(db());
  await until(
    'the stranger is known',
    async () => (await tablesWith(house, [`${canary}-incoming`])).length > 0,
  );
  await until('deliveries wait', async () =>
    (await tablesWith(house, [webhookId])).includes('public.webhook_attempts'),
  );
  const { rows: everywhere } = await sql<{ n: number }>`select count(*)::int as n from users`.execute(db());
  const words = [
    canary,
    tenant.organizationId,
    tenant.email,
    profile.id,
    sent.messageId,
    queued.messageId,
    made.id,
  ];
  expect((await tablesWith(house, words)).length).toBeGreaterThan(15);
  const others = await neighbour.owner.get('/organizations/current');

  const startedAt = performance.now();
  const gone = await browser.call('DELETE', '/auth/account', { password: tenant.password });
  expect(gone.data).toMatchObject({ success: true, deletionSummary: { user: 1 } });
  for (const client of [browser, tenant.owner, tenant.key, house.api.as({ 'x-api-key': key })]) {
    expect((await client.call('GET', '/profiles')).status).toBe(401);
  }
  const login = await house.api.call('POST', '/auth/login', {
    email: tenant.email,
    password: tenant.password,
  });
  expect(login.status).toBe(401);
  await until('the phone shows no linked device', async () => (await phone.devices()).length === 0);
  await until('nothing is left', async () =>
    (await organizations()).every((id) => id !== tenant.organizationId),
  );
  process.stdout.write(`erased in ${(performance.now() - startedAt).toFixed(0)} ms\n`);
  await sql`delete from attempt_counters where key like 'login-%'`.execute(db());
  // The job queue caches its count for a second.
  await until('its last job is gone', async () => (await tablesWith(house, words)).length === 0);
  expect(await tablesWith(house, words)).toEqual([]);

  expect((await stranger.messages()).map(({ id }) => id)).not.toContain(queued.waMessageId);
  expect(await neighbour.owner.get('/organizations/current')).toEqual(others);
  const { rows: left } = await sql<{ n: number }>`select count(*)::int as n from users`.execute(db());
  expect(left[0]?.n).toBe((everywhere[0]?.n ?? 0) - 1);
  expect(await house.api.post('/auth/register', { ...registration(), email: tenant.email })).toBeDefined();
});

const registration = () => ({ password: tenant.password, name: 'Ana', organizationName: 'New Bakery' });
const organizations = async () =>
  (await db().selectFrom('organizations').select('id').execute()).map(({ id }) => id);

const erasure = () => createOrganizationErasure(db(), () => collectKeeps(house.gateway.features));

/** Erases without jobs, through a store that may fail. */
function eraserWith(
  more: Partial<OrganizationErasure> = {},
  jobs: EraserJobs = { enqueue: nothing, discard: nothing },
) {
  const store = { ...erasure(), ...more };
  return createOrganizationEraser({
    db: db(),
    clock: house.clock,
    jobs,
    organizations: store,
    members: createLeavingStore(db()),
  });
}
type EraserJobs = Parameters<typeof createOrganizationEraser>[0]['jobs'];
const nothing = async () => undefined;

test('an erasure that dies after any step is finished by the next try; none begins unasked', async () => {
  const { organizationId } = neighbour;
  const { id } = await neighbour.owner.post('/profiles', { name: 'Shop', engine: 'sandbox' });
  const text = { profileId: id, to: newNumber(), text: `${canary}-neighbour` };
  await neighbour.owner.post('/messages/text', text);
  const { signal } = new AbortController();
  await eraserWith().erase({ organizationId }, signal);
  expect(await organizations()).toContain(organizationId);

  await sql`update organizations set erasing_at = now() where id = ${organizationId}`.execute(db());
  const pieces = erasure().pieces();
  for (const step of [2, 5, 10, pieces.length - 1]) {
    const dying = pieces.map((piece, index) => async (id: string) => {
      if (index === step) throw new Error('killed');
      return piece(id);
    });
    await expect(eraserWith({ pieces: () => dying }).erase({ organizationId }, signal)).rejects.toThrow(
      'killed',
    );
    expect(await organizations()).toContain(organizationId);
  }
  await eraserWith().erase({ organizationId }, signal);
  await eraserWith().erase({ organizationId }, signal);
  expect(await organizations()).not.toContain(organizationId);
  await sql`delete from attempt_counters`.execute(db());
  expect(await tablesWith(house, [canary, organizationId, neighbour.email, id])).toEqual([]);
});

test('a device that cannot be unlinked holds an erasure up for ten minutes, and no longer', async () => {
  const { organizationId } = await newTenant(house.api);
  const since = (minutes: number) => later(house.clock.now(), -minutes * 60_000);
  const mark = (at: Date) =>
    sql`update organizations set erasing_at = ${at} where id = ${organizationId}`.execute(db());
  const stuck = eraserWith({ outside: async () => [() => undefined] });
  await mark(since(9));
  await expect(stuck.erase({ organizationId }, AbortSignal.timeout(200))).rejects.toThrow();
  expect(await organizations()).toContain(organizationId);
  await mark(since(11));
  await stuck.erase({ organizationId }, new AbortController().signal);
  expect(await organizations()).not.toContain(organizationId);
});

test('an erasure whose job was lost is taken up again by the hourly upkeep', async () => {
  const lost = await newTenant(house.api);
  await sql`update organizations set erasing_at = now() where id = ${lost.organizationId}`.execute(db());
  const enqueued: unknown[] = [];
  const enqueue: EraserJobs['enqueue'] = async (_tx, _job, payload) => void enqueued.push(payload);
  await eraserWith({}, { enqueue, discard: nothing }).resume();
  expect(enqueued).toEqual([{ organizationId: lost.organizationId }]);
});
