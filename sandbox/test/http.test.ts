import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

const ANNA = '628777000001';
const refusals: [string, string, unknown, number][] = [
  ['POST', '/api/phones', {}, 400],
  ['POST', '/api/phones', { number: 'Anna' }, 400],
  ['POST', '/api/phones', { number: ANNA, name: '' }, 400],
  ['GET', '/api/phones/nobody', undefined, 400],
  ['PUT', `/api/phones/${ANNA}`, { online: 'perhaps' }, 400],
  ['POST', `/api/phones/${ANNA}/scan`, { qr: 'not a qr' }, 400],
  ['POST', `/api/phones/${ANNA}/scan`, { qr: 'data:image/png;base64,AAAA' }, 400],
  ['POST', `/api/phones/${ANNA}/scan`, { qr: '2@unknown,AAAA,AAAA,AAAA,1' }, 404],
  ['POST', `/api/phones/${ANNA}/enter-code`, { code: 'short' }, 400],
  ['POST', `/api/phones/${ANNA}/enter-code`, { code: 'ABCD1234' }, 404],
  ['POST', `/api/phones/${ANNA}/messages`, { to: '628777000002', type: 'text' }, 400],
  ['POST', `/api/phones/${ANNA}/messages`, { to: 'x', type: 'text', text: 'x' }, 400],
  ['POST', `/api/phones/${ANNA}/messages`, { to: '628777000002', type: 'hologram' }, 400],
  ['POST', `/api/phones/${ANNA}/messages`, { to: '1203630@g.us', type: 'text', text: 'x' }, 404],
  ['POST', `/api/phones/${ANNA}/messages`, { to: '1@newsletter', type: 'text', text: 'x' }, 501],
  ['GET', '/api/groups/1203630', undefined, 404],
  ['POST', '/api/groups', { by: ANNA, subject: '', members: [] }, 400],
  ['POST', '/api/groups/join', { number: ANNA, code: 'AAAAAAAAAAAAAAAAAAAAAA' }, 404],
  ['DELETE', `/api/phones/${ANNA}/devices/1`, undefined, 404],
  ['DELETE', `/api/phones/${ANNA}/devices/x`, undefined, 400],
  ['POST', '/api/faults', { name: 'no such fault' }, 400],
  ['POST', '/api/faults', { name: 'silent-tcp', number: ANNA }, 400],
  ['DELETE', '/api/faults/none', undefined, 404],
  ['GET', '/api/ledger?after=-1', undefined, 400],
  ['GET', '/api/ledger?kind=mesage', undefined, 400],
  ['GET', `/api/phones/${ANNA}/messages?after=zzz`, undefined, 404],
  ['GET', '/api/phones?after=628777999999', undefined, 404],
  ['POST', '/api/keep', {}, 400],
  ['GET', '/api/nothing', undefined, 404],
];

test('the root answers that the network is there, and leads browsers to the reference', async () => {
  expect(await kit.get('/')).toMatchObject({ status: 200, body: { name: 'sandbox network' } });
  const page = await fetch(kit.url, { headers: { accept: 'text/html' } });
  expect([page.status, page.url]).toEqual([200, `${kit.url}/api/docs`]);
  // Nothing is loaded by an absolute path: a proxy may show the network below one of its own.
  expect(await page.text()).not.toMatch(/(href|src)="\//);
});

test('whatever is wrong with a request is said with a code and a sentence', async () => {
  for (const [method, path, body, status] of refusals) {
    const answer = await kit.ask<{ error: { code: string; message: string } }>(method, path, body);
    expect(answer.status, `${method} ${path} ${JSON.stringify(body)}`).toBe(status);
    expect(answer.body.error.code).toMatch(/^[A-Z_]+$/);
    expect(answer.body.error.message.length).toBeGreaterThan(5);
  }
  const broken = await fetch(`${kit.url}/api/phones`, {
    method: 'POST',
    body: '{',
    headers: { 'content-type': 'application/json' },
  });
  expect(broken.status).toBe(400);
  expect(kit.problems).toEqual([]);
});

const misspelt: [string, string, unknown, string[]][] = [
  ['POST', '/api/faults', { name: 'lose-ack', nummber: ANNA, cout: 3 }, ['number', 'count']],
  ['POST', `/api/phones/${ANNA}/messages`, { to: ANNA, type: 'text', text: 'x', quotd: 'y' }, ['quoted']],
  ['POST', `/api/phones/${ANNA}/state`, { change: 'clear', chat: ANNA, chatt: 1 }, ['chat']],
  ['PUT', `/api/phones/${ANNA}`, { onlin: false }, ['online']],
  ['PUT', `/api/phones/${ANNA}/profile`, { business: { catgory: 'Bakery' } }, ['category']],
  ['PUT', `/api/phones/${ANNA}/picture`, { dat: 'AAAA' }, ['data']],
  ['PUT', '/api/strictness', { levl: 'lenient' }, ['level']],
  ['GET', '/api/phones?limti=1', undefined, ['limit']],
];

test('a field that the API does not know is refused by name, with the one that was meant', async () => {
  for (const [method, path, body, meant] of misspelt) {
    const answer = await kit.ask<{ error: { code: string; message: string } }>(method, path, body);
    expect(answer, `${method} ${path}`).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR' } },
    });
    for (const name of meant) expect(answer.body.error.message).toContain(`did you mean "${name}"?`);
  }
  expect((await kit.get(`/api/phones/${ANNA}?limit=1`)).body).toMatchObject({
    error: { message: 'query has no field "limit"; it has none' },
  });
  expect((await kit.get('/api/faults')).body).toEqual([]);
});

test('everything that is wrong with a request is said at once, with what would be right', async () => {
  const order = { name: 'nope', device: -1, probability: 7, forMs: 0 };
  const { body } = await kit.post<{ error: { message: string } }>('/api/faults', order);
  for (const part of [
    /body\/name must be one of: .*login-401.* \/api\/docs/,
    /device/,
    /probability/,
    /forMs/,
  ])
    expect(body.error.message).toMatch(part);
  const limits = await kit.ask('PUT', `/api/phones/${ANNA}/limits`, { capping: 1, reachoutTimelock: [] });
  expect(limits.body).toMatchObject({
    error: { message: 'body/reachoutTimelock must be object; body/capping must be object' },
  });
  expect((await kit.ask('PUT', '/api/strictness', { level: 'loose' })).body).toMatchObject({
    error: { message: 'body/level must be one of: strict, lenient' },
  });
});

test('however much is wrong with a request, the answer stays short', async () => {
  const [some, many] = [100, 50_000].map((length) => Array.from({ length }, () => 7));
  for (const members of [some, many]) {
    const order = { by: ANNA, subject: 'x', members, ['long'.repeat(5000)]: 'y'.repeat(5000) };
    const { status, body } = await kit.post<{ error: { message: string } }>('/api/groups', order);
    expect(status).toBe(400);
    expect(body.error.message.length).toBeLessThan(2000);
  }
});

test('a number comes into being when it is first named, however it is written', async () => {
  const { body } = await kit.post('/api/phones', { number: '+62 877-7000-003', name: 'Dewi' });
  expect(body).toMatchObject({ number: '628777000003', name: 'Dewi', online: true, devices: [] });
  expect((await kit.get('/api/phones/628777000003@c.us')).body).toMatchObject({ name: 'Dewi' });
});

test('people write to each other without any client', async () => {
  const { body } = await kit.post<{ id: string }>('/api/phones/628777000004/messages', {
    to: '628777000005@c.us',
    type: 'text',
    text: 'phone to phone',
  });
  await until('delivered', async () => (await kit.seen('628777000004'))[0]?.status === 'delivered');
  expect(await kit.seen('628777000005')).toMatchObject([
    { id: body.id, chat: '628777000004', text: 'phone to phone', fromMe: false },
  ]);
  expect((await kit.get(`/api/phones/628777000005/messages?after=${body.id}`)).body).toEqual([]);
});

test('the ledger reads on from its cursor without gap or repeat', async () => {
  const all = (await kit.get<{ entries: { seq: number }[] }>('/api/ledger')).body.entries.map(
    (entry) => entry.seq,
  );
  const paged: number[] = [];
  for (let cursor = 0; ; ) {
    const { body } = await kit.get<{ entries: { seq: number }[]; cursor: number }>(
      `/api/ledger?after=${cursor}&limit=2`,
    );
    if (body.entries.length === 0) break;
    paged.push(...body.entries.map((entry) => entry.seq));
    cursor = body.cursor;
  }
  expect(paged).toEqual(all);
  const last = await kit.get<{ entries: { seq: number }[] }>('/api/ledger?newest=true&limit=2');
  expect(last.body.entries.map((entry) => entry.seq)).toEqual(all.slice(-2));
});

test('every fault there is stands in a catalogue, with what it does and how often', async () => {
  const { body } =
    await kit.get<{ name: string; what: string; times: number | null }[]>('/api/faults/catalogue');
  expect(body.length).toBeGreaterThan(50);
  expect(body.find(({ name }) => name === 'lose-ack')).toMatchObject({ stage: 'in', times: 1, code: null });
  expect(body.find(({ name }) => name === 'login-403')).toMatchObject({ times: null, code: 403 });
});

test('the documentation has an example for every body, and allows no fields but those it names', async () => {
  const { body } = await kit.get<{ paths: Record<string, Record<string, { requestBody?: unknown }>> }>(
    '/api/docs/json',
  );
  const bodies = Object.entries(body.paths).flatMap(([path, routes]) =>
    Object.values(routes).flatMap(({ requestBody }) => (requestBody ? [{ path, requestBody }] : [])),
  );
  expect(bodies.length).toBeGreaterThan(7);
  for (const { path, requestBody } of bodies) {
    expect(JSON.stringify(requestBody), path).toMatch(/"examples?":/);
    if (path.startsWith('/api/'))
      expect(JSON.stringify(requestBody), path).toContain('"additionalProperties":');
  }
  expect((await fetch(`${kit.url}/api/docs`)).status).toBe(200);
});

test('existing tooling scans any QR, and the number follows from the push name', async () => {
  const numbers: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const client = kit.client({ pushName: 'Tool' });
    client.connect();
    const qr = await until('a QR', () => client.qr);
    const answer = await fetch(`${kit.url}/admin/mock-phone/scan-qr`, { method: 'POST', body: qr });
    expect(answer.status).toBe(200);
    numbers.push(((await answer.json()) as { number: string }).number);
  }
  // The same on every network, whatever its seed; and in no group, unless a setting wants one.
  expect(numbers).toEqual(['6237099284091', '6237099284091']);
  expect((await kit.get(`/api/groups?number=${numbers[0]}`)).body).toEqual([]);
});

test('a reset forgets everybody and keeps the name of the network', async () => {
  const { body: before } = await kit.get<{ instanceId: string }>('/api/health');
  await kit.post('/api/reset', {});
  expect((await kit.get('/api/health')).body).toMatchObject({
    instanceId: before.instanceId,
    phones: 0,
    devices: 0,
  });
  expect((await kit.get('/api/ledger')).body).toMatchObject({ entries: [] });
  await kit.linked('628777000009');
});
