import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentedRoutes, filled } from '../../../test/documented.ts';
import { type House, openHouse } from '../../../test/house.ts';
import { connectedProfile, newNumber, newTenant, type Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let tenant: Tenant;
let stranger: Tenant;

beforeAll(async () => {
  house = await openHouse({ LEASE_SECONDS: '2' });
  tenant = await newTenant(house.api);
  stranger = await newTenant(house.api);
});
afterAll(() => house?.close());

const status = (id: string) => tenant.key.get(`/profiles/${id}/status`);
const becomes = (id: string, expected: string, ms?: number) =>
  until(`the profile is ${expected}`, async () => (await status(id)).status === expected && status(id), ms);

test('a new profile shows its QR code as JSON, picture and text; scanned, it is connected', async () => {
  const phone = house.sandbox.phone(newNumber());
  await phone.named('Bakery');
  const { id, status: fresh } = await tenant.key.post('/profiles', { name: 'Front', engine: 'sandbox' });
  expect(fresh).toBe('disconnected');
  expect(await tenant.key.post(`/profiles/${id}/connect`)).toMatchObject({
    success: true,
    status: 'connecting',
  });
  const qr = await tenant.key.get(`/profiles/${id}/qr`);
  expect(qr).toMatchObject({ status: 'qr', qr: expect.stringMatching(/^data:image\/png;base64,/) });
  expect(Date.parse(qr.expiresAt)).toBeGreaterThan(Date.now());
  const picture = await tenant.key.call('GET', `/profiles/${id}/qr?format=png`);
  expect(picture.headers.get('content-type')).toBe('image/png');
  expect((await tenant.key.call('GET', `/profiles/${id}/qr?format=terminal`)).body).toContain('█');
  await phone.scan(qr.text);
  expect(await becomes(id, 'connected')).toMatchObject({
    phone: phone.number,
    engineConnected: true,
    statusReason: null,
  });
  expect(await tenant.key.get(`/profiles/${id}/qr`)).toEqual({
    qr: null,
    text: null,
    status: 'connected',
    expiresAt: null,
  });
  expect(await tenant.key.post(`/profiles/${id}/connect`)).toMatchObject({
    status: 'already_connected',
    phone: phone.number,
  });
});

test('a phone pairs by a code that is typed on it', async () => {
  const phone = house.sandbox.phone(newNumber());
  await phone.named('Bakery');
  const { id } = await tenant.key.post('/profiles', { name: 'By code', engine: 'sandbox' });
  const { code } = await tenant.key.post(`/profiles/${id}/pairing-code`, { phoneNumber: `+${phone.number}` });
  await phone.enterCode(code);
  expect(await becomes(id, 'connected')).toMatchObject({ phone: phone.number });
});

test('after a disconnect the login stays: connecting again needs no scan', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  await tenant.key.post(`/profiles/${profile.id}/disconnect`);
  expect((await status(profile.id)).status).toBe('disconnected');
  const none = await tenant.key.call('GET', `/profiles/${profile.id}/qr`);
  expect([none.status, none.body.error.code]).toEqual([404, 'QR_NOT_AVAILABLE']);
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  await becomes(profile.id, 'connected');
});

test('a disconnect that asks to log out unlinks the phone: connecting again shows a new code', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  await tenant.key.post(`/profiles/${profile.id}/disconnect`, { logout: true });
  await until('the phone has no linked device', async () => (await profile.phone.devices()).length === 0);
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  expect((await tenant.key.get(`/profiles/${profile.id}/qr`)).status).toBe('qr');
});

test('unlinked on the phone, a profile says so, stays away, and can be paired anew', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  const [device] = await profile.phone.devices();
  await profile.phone.unlink(device!.device);
  expect(await becomes(profile.id, 'logged_out')).toMatchObject({
    statusReason: expect.stringContaining('unlinked'),
  });
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  const { text } = await tenant.key.get(`/profiles/${profile.id}/qr`);
  await profile.phone.scan(text);
  await becomes(profile.id, 'connected');
});

test('a lost connection comes back by itself, without anybody asking', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  await house.sandbox.fault({ name: 'terminate', number: profile.phone.number });
  await until('it noticed', async () => (await status(profile.id)).status !== 'connected');
  await becomes(profile.id, 'connected');
});

test('a barred account fails in words and does not knock again', async () => {
  const profile = await connectedProfile(tenant, house.sandbox);
  await tenant.key.post(`/profiles/${profile.id}/disconnect`);
  const fault = await house.sandbox.fault({ name: 'login-403', number: profile.phone.number });
  await tenant.key.post(`/profiles/${profile.id}/connect`);
  expect(await becomes(profile.id, 'failed')).toMatchObject({
    statusReason: expect.stringContaining('blocked'),
  });
  await fault.clear();
  expect((await tenant.key.get(`/profiles/${profile.id}`)).status).toBe('failed');
});

test('a profile that belongs to one phone refuses to be paired with another', async () => {
  const right = newNumber();
  const wrong = house.sandbox.phone(newNumber());
  await wrong.named('Somebody else');
  const { id } = await tenant.key.post('/profiles', { name: 'Mine', engine: 'sandbox', phoneNumber: right });
  await tenant.key.post(`/profiles/${id}/connect`);
  await wrong.scan((await tenant.key.get(`/profiles/${id}/qr`)).text);
  expect(await becomes(id, 'failed')).toMatchObject({ statusReason: expect.stringContaining(right) });
  await until('the wrong phone is unlinked', async () => (await wrong.devices()).length === 0);
});

test('when a node stops, another one takes its profiles over and goes on sending', async () => {
  const second = await house.anotherNode({ LEASE_SECONDS: '2' });
  const third = await house.anotherNode({ LEASE_SECONDS: '2' });
  const over = { ...tenant, key: second.api.as({ 'x-api-key': '' }), owner: second.api };
  const { accessToken } = await second.api.post('/auth/login', {
    email: tenant.email,
    password: tenant.password,
  });
  over.key = second.api.as({ authorization: `Bearer ${accessToken}` });
  const profile = await connectedProfile(over, house.sandbox);
  const customer = house.sandbox.phone(newNumber());
  await customer.named('Customer');
  await second.close();
  await becomes(profile.id, 'connected');
  const there = third.api.as({ authorization: `Bearer ${accessToken}` });
  const sent = await there.post(
    '/messages/text',
    { profileId: profile.id, to: customer.number, text: 'from whichever node' },
    { prefer: 'wait=15' },
  );
  expect(['sent', 'delivered']).toContain(sent.status);
});

test('flat and account-scoped routes show the same profile, and only under its own account', async () => {
  const [account] = await tenant.key.get('/accounts');
  const other = await tenant.key.post('/accounts', { name: 'Other' });
  const made = await tenant.key.post(`/accounts/${account.id}/profiles`, {
    displayName: 'Scoped',
    engine: 'mock',
  });
  expect(made).toMatchObject({ accountId: account.id, engine: 'sandbox', name: 'Scoped' });
  const flat = await tenant.key.get(`/profiles/${made.id}`);
  expect(await tenant.key.get(`/accounts/${account.id}/profiles/${made.id}`)).toEqual(flat);
  const misplaced = await tenant.key.call('GET', `/accounts/${other.id}/profiles/${made.id}`);
  expect([misplaced.status, misplaced.body.error.code]).toEqual([404, 'PROFILE_NOT_FOUND']);
  expect(
    (await tenant.key.get(`/accounts/${account.id}/profiles`)).map((one: { id: string }) => one.id),
  ).toContain(made.id);
  await tenant.key.delete(`/accounts/${account.id}/profiles/${made.id}`);
  expect((await tenant.key.call('GET', `/profiles/${made.id}`)).status).toBe(404);
});

test('a deleted account is unknown to every route that names it, and its profiles stay', async () => {
  const account = await tenant.key.post('/accounts', { name: 'Closing' });
  const profile = await tenant.key.post(`/accounts/${account.id}/profiles`, {
    name: 'Stays',
    engine: 'sandbox',
  });
  const ids = { accounts: account.id, accountId: account.id, profileId: profile.id };
  const naming = documentedRoutes().filter(({ address }) => /\/accounts\/\{|\{accountId\}/.test(address));
  expect(naming.length).toBeGreaterThanOrEqual(11);
  await tenant.owner.delete(`/accounts/${account.id}`);
  const before = await tenant.key.get(`/profiles/${profile.id}`);
  for (const { method, address, fields, example } of naming) {
    const body = fields.length > 0 ? example : undefined;
    const { status } = await tenant.owner.call(method, filled(address, ids), body);
    expect([method, address, status]).toEqual([method, address, 404]);
  }
  expect(await tenant.key.get(`/profiles/${profile.id}`)).toEqual(before);
});

test('an update keeps what it leaves out, and null lifts a limit', async () => {
  const { id } = await tenant.key.post('/profiles', { name: 'Paced', engine: 'sandbox' });
  await tenant.key.put(`/profiles/${id}`, { dailyMessageLimit: 20, messageDelayMs: 500 });
  const lifted = await tenant.key.put(`/profiles/${id}`, { dailyMessageLimit: null });
  expect(lifted).toMatchObject({ name: 'Paced', messageDelayMs: 500, dailyMessageLimit: null });
});

test.each([
  ['get', 'GET', ''],
  ['update', 'PUT', ''],
  ['delete', 'DELETE', ''],
  ['connect', 'POST', '/connect'],
  ['disconnect', 'POST', '/disconnect'],
  ['see the status of', 'GET', '/status'],
  ['see the QR code of', 'GET', '/qr'],
])('a stranger can not %s another tenant’s profile', async (_, method, path) => {
  const { id } = await tenant.key.post('/profiles', { name: 'Private', engine: 'sandbox' });
  const answer = await stranger.key.call(method, `/profiles/${id}${path}`, method === 'GET' ? undefined : {});
  expect([answer.status, answer.body.error.code]).toEqual([404, 'PROFILE_NOT_FOUND']);
  expect(await tenant.key.get(`/profiles/${id}`)).toMatchObject({ name: 'Private', status: 'disconnected' });
});

test('many profiles are found by status, label, engine, node and words, in pages of any order', async () => {
  const { key } = await newTenant(house.api);
  const { db } = house.database.database;
  const names = ['Anna', 'bert', 'Cleo', 'Dora', 'anton'];
  const made: { id: string }[] = [];
  for (const [n, name] of names.entries()) {
    const labels = n % 2 === 0 ? [' even ', 'even'] : ['odd'];
    made.push(await key.post('/profiles', { name, labels, engine: n === 4 ? 'baileys' : 'sandbox' }));
  }
  const change = (n: number, values: object) =>
    db
      .updateTable('profiles')
      .set({ ...values, updated_at: new Date(Date.now() + n) })
      .where('id', '=', made[n]?.id ?? '')
      .execute();
  const lost = 'The connection to WhatsApp was lost; connecting again.';
  await change(0, {
    status: 'reconnecting',
    status_reason: lost,
    retry_at: new Date('2035-01-01T00:00:00Z'),
  });
  await change(1, { status: 'failed', status_reason: 'Of an older version.' });
  const named = async (query: string) =>
    (await key.get(`/profiles?${query}`)).map(({ name }: { name: string }) => name);

  expect(await named('')).toEqual(names.toReversed());
  expect(await named('status=failed,reconnecting&sort=name')).toEqual(['Anna', 'bert']);
  expect(await named('label=even&sort=createdAt')).toEqual(['Anna', 'Cleo', 'anton']);
  expect(await named('search=AN&sort=-name')).toEqual(['anton', 'Anna']);
  expect(await named('search=%25')).toEqual([]);
  expect(await named('engine=baileys')).toEqual(['anton']);
  expect(await named('nodeId=nobody')).toEqual([]);
  expect(await named('sort=-statusSince&limit=2')).toEqual(['bert', 'Anna']);
  for (const sort of ['-createdAt', 'createdAt', 'name', '-name', 'status', '-status', 'statusSince']) {
    const pages: string[] = [];
    let cursor = '';
    do {
      const page = await key.call('GET', `/profiles?sort=${sort}&limit=2${cursor && `&cursor=${cursor}`}`);
      pages.push(...page.data.map(({ name }: { name: string }) => name));
      cursor = page.headers.get('x-next-cursor') ?? '';
    } while (cursor);
    expect(pages, sort).toEqual(await named(`sort=${sort}`));
    expect(pages, sort).toHaveLength(5);
  }

  expect(await key.get(`/profiles/${made[0]?.id}`)).toMatchObject({
    ...{ statusReason: lost, statusReasonCode: 'CONNECTION_LOST', statusReasonParams: {}, labels: ['even'] },
    ...{ retryAt: '2035-01-01T00:00:00.000Z', nodeId: null, queued: 0 },
    today: { sent: 0, failed: 0, received: 0 },
  });
  const counts = await key.get('/profiles/counts');
  expect(counts).toMatchObject({
    total: 5,
    byStatus: { disconnected: 3, reconnecting: 1, failed: 1 },
    byEngine: { sandbox: 4, baileys: 1 },
    nodes: [],
    labels: [
      { name: 'even', count: 3 },
      { name: 'odd', count: 2 },
    ],
  });
  expect(counts.reasons).toEqual(
    expect.arrayContaining([
      { status: 'reconnecting', code: 'CONNECTION_LOST', count: 1 },
      { status: 'failed', code: 'OTHER', count: 1 },
    ]),
  );
  expect((await key.get('/profiles/counts?label=odd')).total).toBe(2);
  for (const query of ['status=happy', 'sort=phone', 'cursor=x', 'cursor=WyJuYW1lIiwiYSIsMV0']) {
    expect([query, (await key.call('GET', `/profiles?${query}`)).status]).toEqual([query, 400]);
  }
});

test('past statuses of a profile are kept whoever changed them, and are nobody else’s', async () => {
  const { id, statusSince } = await tenant.key.post('/profiles', { name: 'Changing', engine: 'sandbox' });
  const { db } = house.database.database;
  const at = (n: number) => new Date(Date.parse(statusSince) + n * 1000);
  for (const [n, status] of ['connecting', 'qr', 'failed', 'failed'].entries()) {
    const values = {
      status,
      status_reason: status === 'failed' ? 'Nobody knows.' : null,
      updated_at: at(n + 1),
    };
    await db.updateTable('profiles').set(values).where('id', '=', id).execute();
  }
  const first = await tenant.key.get(`/profiles/${id}/states?limit=2`);
  expect(first.states).toEqual([
    {
      ...{
        status: 'failed',
        statusReason: 'Nobody knows.',
        statusReasonCode: 'OTHER',
        statusReasonParams: {},
      },
      ...{ nodeId: null, at: at(3).toISOString() },
    },
    expect.objectContaining({ status: 'qr', statusReason: null, statusReasonCode: null }),
  ]);
  const second = await tenant.key.get(`/profiles/${id}/states?limit=2&cursor=${first.nextCursor}`);
  expect(second).toMatchObject({ states: [{ status: 'connecting' }], nextCursor: null });
  expect((await tenant.key.get(`/profiles/${id}/status`)).statusSince).toBe(at(3).toISOString());
  expect((await stranger.key.call('GET', `/profiles/${id}/states`)).status).toBe(404);
});
