import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DocumentedRoute, documentedRoutes, filled, filledRoute, ownThings } from './documented.ts';
import { type House, openHouse } from './house.ts';
import { type MailSink, startMailSink } from './kit/mail-sink.ts';
import { newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

const routes = documentedRoutes();

let house: House;
let mail: MailSink;
let tenant: Tenant;
let stranger: Tenant;
let ids: Record<string, string>;
beforeAll(async () => {
  mail = await startMailSink();
  house = await openHouse(mail.env);
  [tenant, stranger] = await Promise.all([newTenant(house.api), newTenant(house.api)]);
  ids = await ownThings(tenant);
});
afterAll(async () => {
  await house?.close();
  await mail?.close();
});

const db = () => house.database.database.db;

/** Every row of every table as text, but for the marks that credentials leave when they are used. */
async function everyRow(): Promise<Map<string, string[]>> {
  const { rows: tables } = await sql<{
    name: string;
  }>`select format('%I.%I', table_schema, table_name) as name
    from information_schema.tables where table_type = 'BASE TABLE'
    and table_schema not in ('pg_catalog', 'information_schema')`.execute(db());
  const found = new Map<string, string[]>();
  for (const { name } of tables) {
    const { rows } = await sql<{
      row: string;
    }>`select (to_jsonb(one) - 'last_used_at' - 'last_active_at')::text as row
      from ${sql.raw(name)} as one`.execute(db());
    found.set(name, rows.map(({ row }) => row).sort());
  }
  return found;
}

/** What our tables hold; queues, leases and positions move by themselves, and the audit log tells of readers, too. */
async function stateButTheLog(): Promise<Record<string, string[]>> {
  const still = /^public\.(?!profile_leases|event_cursors|event_log|audit_logs)/;
  const unnumbered = (row: string) => row.replace(/"position": (null|\d+), "profile_id"/, '"profile_id"');
  return Object.fromEntries(
    [...(await everyRow())]
      .filter(([name]) => still.test(name))
      .map(([name, rows]) => [name, name === 'public.events' ? rows.map(unnumbered) : rows]),
  );
}

test('no GET and no HEAD changes anything, and HEAD answers like GET without the body', async () => {
  const reading = routes.filter(({ method }) => method === 'GET');
  const before = await stateButTheLog();
  for (const route of reading) {
    const path = filled(route.address, ids);
    const full = await tenant.owner.call('GET', path);
    const head = await fetch(`${house.api.url}${path}`, { method: 'HEAD', headers: tenant.bearer });
    expect([route.address, head.status, await head.text()]).toEqual([route.address, full.status, '']);
  }
  expect(await stateButTheLog()).toEqual(before);
});

test('fields nobody may set are never stored, and no object gains a property', async () => {
  const planted = {
    id: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c99',
    organizationId: stranger.organizationId,
    organization_id: stranger.organizationId,
    role: 'owner',
    isAdmin: true,
    createdAt: '2001-01-01T00:00:00.000Z',
    created_at: '2001-01-01T00:00:00.000Z',
  };
  const polluting = `"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}`;
  const rowsOf = async (organizationId: string) => {
    const all = await everyRow();
    return [...all.values()].flat().filter((row) => row.includes(organizationId)).length;
  };
  const own = await newTenant(house.api);
  const things = await ownThings(own);
  const before = await rowsOf(stranger.organizationId);
  for (const route of routes.filter(({ method, isPublic }) => method !== 'GET' && !isPublic)) {
    // The last one keeps whatever object it is given, for its owner alone; the others end the session.
    if (/account\/delete|auth\/(account|sessions)|logout|preferences/.test(route.address)) continue;
    const example = {
      ...route.example,
      ...('profileId' in route.example && { profileId: things.profileId }),
    };
    const body = `${JSON.stringify({ ...example, ...without(planted, example) }).slice(0, -1)},${polluting}}`;
    const answer = await own.owner.call(route.method, filled(route.address, things), body);
    // Without a language model that is what there is to say.
    if (answer.body.error?.code === 'AI_NOT_CONFIGURED') continue;
    expect(answer.status, `${route.method} ${route.address}`).toBeLessThan(500);
    expect(answer.body.error?.code, `${route.method} ${route.address}`).not.toBe('SESSION_REVOKED');
    // Otherwise later routes would ask the server of the example.
    if (route.address.endsWith('/settings/ai')) await own.owner.put('/settings/ai', { baseUrl: null });
  }
  expect(await rowsOf(stranger.organizationId)).toBe(before);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  const all = [...(await everyRow()).values()].flat();
  expect(all.filter((row) => row.includes(planted.id) || row.includes('2001-01-01'))).toEqual([]);
});

/** The planted fields a route has no field of that name for. */
const without = (planted: object, example: object) =>
  Object.fromEntries(Object.entries(planted).filter(([name]) => !(name in example)));

test('what is repeated by PUT and DELETE stays as the first time left it', async () => {
  const own = await newTenant(house.api);
  const things = await ownThings(own);
  await house.api.post('/auth/login', { email: own.email, password: own.password });
  const sessions = await own.owner.get('/auth/sessions');
  things.sessions = sessions.find(({ current }: { current: boolean }) => !current).id;
  const bodyOf = (route: DocumentedRoute) => (route.fields.length > 0 ? route.example : undefined);
  const bare = (body: unknown) => JSON.stringify(body).replaceAll(/"(updatedAt|timestamp)":"[^"]*"/g, '');
  // A toggle turns over each time: so clients know it.
  const settling = routes.filter(({ method, address }) => method === 'PUT' && !address.endsWith('/toggle'));
  for (const route of settling) {
    const ask = () => own.owner.call('PUT', filled(route.address, things), bodyOf(route));
    const [first, second] = [await ask(), await ask()];
    expect([route.address, second.status]).toEqual([route.address, first.status]);
    if (first.status < 300) expect(bare(second.data), route.address).toBe(bare(first.data));
  }
  for (const route of routes.filter(({ method, address }) => method === 'DELETE' && address.includes('{'))) {
    const ask = () => own.owner.call('DELETE', filledRoute(route, things), bodyOf(route));
    await ask();
    const before = await stateButTheLog();
    expect([200, 403, 404, 409], route.address).toContain((await ask()).status);
    expect(await stateButTheLog(), route.address).toEqual(before);
  }
});

test('nothing but what is documented answers, and no page tells what runs here', async () => {
  const probes = [
    '/admin/queues',
    '/debug',
    '/api/v0/health',
    '/.git/config',
    '/.env',
    '/api/v1/admin',
    '/api',
  ];
  for (const path of [...probes, '/server-status', '/api/v1/../../etc/passwd', '/actuator/health']) {
    const answer = await fetch(`${house.api.url}${path}`);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('server')).toBeNull();
  }
  const preflight = await fetch(`${house.api.url}/api/v1/auth/me`, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.test', 'access-control-request-method': 'GET' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});

test('a secret in the address is no credential; nobody on the way keeps signed-in answers', async () => {
  const key = tenant.credentials['x-api-key'];
  const token = (await house.api.post('/auth/login', { email: tenant.email, password: tenant.password }))
    .accessToken;
  for (const query of [
    `api_key=${key}`,
    `apiKey=${key}`,
    `x-api-key=${key}`,
    `token=${token}`,
    `access_token=${token}`,
  ]) {
    expect((await house.api.call('GET', `/workspaces?${query}`)).status).toBe(401);
  }
  for (const route of routes.filter(({ method }) => method === 'GET')) {
    const answer = await tenant.owner.call('GET', filled(route.address, ids));
    expect([route.address, answer.headers.get('cache-control')]).toEqual([route.address, 'no-store']);
  }
});

test('a method that is smuggled in a header is not the method', async () => {
  for (const header of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    const path = `/webhooks/${ids.webhooks}`;
    const answer = await tenant.owner.call('GET', path, undefined, { [header]: 'DELETE' });
    expect(answer.status).toBe(200);
    expect((await tenant.owner.call('GET', path)).status).toBe(200);
  }
});

test('addresses told by strangers are not believed: the connection’s own is limited and recorded', async () => {
  const lies = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' };
  await house.api.call('POST', '/auth/login', { email: tenant.email, password: 'wrong guess' }, lies);
  await house.api.post('/auth/login', { email: tenant.email, password: tenant.password }, lies);
  const all = [...(await everyRow())].filter(([name]) => /auth_sessions|attempt|audit/.test(name));
  expect(all.flatMap(([, rows]) => rows).filter((row) => row.includes('203.0.113.9'))).toEqual([]);
});

test('no secret is in the database in the clear: password, token, key, code or seal', async () => {
  const own = await newTenant(house.api);
  const signedIn = await house.api.post('/auth/login', { email: own.email, password: own.password });
  const { secret: hookSecret } = await own.owner.post('/webhooks', {
    url: 'http://127.0.0.1:9/',
    events: ['test'],
  });
  const secrets = {
    password: own.password,
    apiKey: own.credentials['x-api-key'] as string,
    accessToken: signedIn.accessToken as string,
    refreshToken: signedIn.refreshToken as string,
    webhookSecret: hookSecret as string,
    encryptionKey: 'ab'.repeat(32),
    ...(await otherSecrets(own)),
  };
  const everything = [...(await everyRow()).values()].flat().join('\n');
  const found = Object.entries(secrets).filter(([, secret]) =>
    [
      secret,
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
      encodeURIComponent(secret),
    ].some((text) => everything.includes(text)),
  );
  expect(found.map(([name]) => name)).toEqual([]);
  expect(everything).toContain(own.organizationId);
});

/** Secrets that come into being on other routes. */
async function otherSecrets(own: Tenant): Promise<Record<string, string>> {
  const { secret } = await own.owner.post('/auth/2fa/setup');
  const { backupCodes } = await own.owner.post('/auth/2fa/enable', { token: totp(secret) });
  const { token } = await own.owner.post('/organizations/members', {
    email: 'invited@example.org',
    name: 'Invited',
    delivery: 'link',
  });
  return { totpSecret: secret, backupCode: backupCodes[0], invitation: token };
}

/** A six-digit code of RFC 6238 for now, written from the standard. */
function totp(base32: string): string {
  const bits = [...base32].map((one) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0'),
  );
  const bytes =
    bits
      .join('')
      .match(/.{8}/g)
      ?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(house.clock.now().getTime() / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bytes)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

test('a failed login, a refusal and a changed role are in the log within two seconds', async () => {
  const own = await newTenant(house.api);
  const invited = await own.owner.post('/organizations/members', {
    email: `member-${own.organizationId}@example.org`,
    name: 'Member',
    delivery: 'link',
  });
  const { accessToken, user } = await house.api.post('/auth/invitations/accept', {
    token: invited.token,
    password: `${own.password} too`,
  });
  const member = house.api.as({ authorization: `Bearer ${accessToken}` });
  await house.api.call('POST', '/auth/login', { email: own.email, password: 'a wrong one' });
  expect((await member.call('POST', '/workspaces', { name: 'Mine' })).status).toBe(403);
  await own.owner.put(`/organizations/members/${user.id}/role`, { role: 'viewer' });
  const { id: ownerId } = await own.owner.get('/auth/me');
  const wanted = [
    { action: 'user.role_change', userId: ownerId, resourceId: user.id },
    { action: 'access.denied', userId: user.id },
    { action: 'auth.login_failed', userId: ownerId, outcome: 'failed' },
  ];
  await until(
    'all three are in the log',
    async () => {
      const { logs } = await own.owner.get('/audit/logs');
      return wanted.every(({ action }) => logs.some((entry: { action: string }) => entry.action === action));
    },
    2_000,
  );
  const { logs } = await own.owner.get('/audit/logs');
  for (const entry of wanted) {
    const found = logs.find(({ action }: { action: string }) => action === entry.action);
    expect(found).toMatchObject({ ...entry, ip: '127.0.0.1', timestamp: expect.stringMatching(/Z$/) });
  }
});
