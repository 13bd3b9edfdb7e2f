import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../../test/client.ts';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

const text = 'Hello {name}, order {/order/number} is {/order/status}.';
const mapping = { to: '/customer/phone', text, variables: { name: '/customer/first_name' } };
const payloadTo = (phone: string, number = 1042) => ({
  customer: { phone, first_name: 'Sari' },
  order: { number, status: 'on its way' },
});
const make = (more: object = {}, client = tenant.owner) =>
  client.post('/hooks', { name: 'Orders', profileId: profile.id, mapping, ...more });
const receiptsOf = (id: string) => tenant.owner.get(`/hooks/${id}/receipts`);

/** Posts as another program does: with nothing but the address. */
async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const sent = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: sent,
  });
  const read = JSON.parse(answer.text);
  return { status: answer.status, data: read.data, code: read.error?.code, message: read.message };
}
const messagesOf = async (id: string) =>
  house.database.database.db
    .selectFrom('messages')
    .select(['id', 'content'])
    .where('origin_kind', '=', 'hook')
    .where('origin_id', '=', id)
    .execute();

test('what a program posts reaches the phone as the mapping says, and its receipt tells so', async () => {
  const hook = await make();
  expect(hook.url).toMatch(/^http:.*\/api\/v1\/in\/[\w-]{43}$/);
  expect(hook).toMatchObject({ target: 'message', secret: null, signature: { form: 'none' } });
  const customer = house.sandbox.phone(newNumber());
  await customer.named('Sari');
  const { status, data } = await post(hook.url, payloadTo(customer.number));
  expect(status).toBe(200);
  expect(data).toMatchObject({ status: 'sent', missing: [], error: null });
  const said = 'Hello Sari, order 1042 is on its way.';
  await until('it has come', async () => JSON.stringify(await customer.messages()).includes(said));
  expect(await tenant.owner.get(`/messages/${data.messageId}`)).toMatchObject({
    ...{ type: 'text', content: { text: said }, waMessageId: data.waMessageId },
    origin: { kind: 'hook', id: hook.id },
  });
  expect(await receiptsOf(hook.id)).toEqual([
    expect.objectContaining({ id: data.receiptId, payload: payloadTo(customer.number), status: 'sent' }),
  ]);
});

test('a repeated delivery makes one message: by its id at any time, its body within a minute', async () => {
  const hook = await make();
  const first = payloadTo(newNumber());
  const named = [
    { 'idempotency-key': 'a' },
    { 'x-github-delivery': 'b' },
    { 'webhook-id': 'c' },
    { 'x-shopify-webhook-id': 'd' },
    { 'x-wc-webhook-delivery-id': 'e' },
  ];
  for (const headers of named) {
    const [one, two] = [await post(hook.url, first, headers), await post(hook.url, first, headers)];
    expect([one.code, one.message, two.code, two.message]).toEqual(Array(4).fill(undefined));
    expect([one.data.status, two.data.status]).toEqual(['sent', 'duplicate']);
    expect(two.data.messageId).toBe(one.data.messageId);
  }
  const plain = payloadTo(newNumber());
  const answers = await Promise.all(Array.from({ length: 6 }, () => post(hook.url, plain)));
  expect(answers.filter(({ data }) => data?.status === 'sent')).toHaveLength(1);
  const others = answers.filter(({ data }) => data?.status !== 'sent');
  for (const { code, data } of others)
    expect(data?.status ?? code).toMatch(/duplicate|IDEMPOTENCY_IN_PROGRESS/);
  expect(await messagesOf(hook.id)).toHaveLength(named.length + 1);
  house.clock.advance({ minutes: 2 });
  expect((await post(hook.url, first, named[0])).data.status).toBe('duplicate');
  expect((await post(hook.url, plain)).data.status).toBe('sent');
});

test('a delivery that failed is made good by the same delivery once the mapping is right', async () => {
  const hook = await make({ mapping: { to: '/nobody', text } });
  const phone = newNumber();
  const headers = { 'x-github-delivery': 'again' };
  const failed = await post(hook.url, payloadTo(phone), headers);
  expect(failed).toMatchObject({ status: 200, data: { status: 'failed', code: 'VALIDATION_ERROR' } });
  expect(failed.data.error).toContain('/to is empty: the payload has nothing at /nobody');
  const nowhere = await post(hook.url, { ...payloadTo(phone), nobody: '12' });
  expect(nowhere.data).toMatchObject({ status: 'failed', code: 'INVALID_RECIPIENT' });
  await tenant.owner.call('PATCH', `/hooks/${hook.id}`, { mapping });
  expect((await post(hook.url, payloadTo(phone), headers)).data.status).toBe('sent');
});

test('a signed hook believes its sender only; refused requests are logged without payload', async () => {
  const hook = await make({ signature: { form: 'github' } });
  expect(hook.secret).toMatch(/^[0-9a-f]{64}$/);
  const body = JSON.stringify(payloadTo(newNumber()));
  const sign = (secret: string) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  });
  expect(await post(hook.url, body)).toMatchObject({ status: 401, code: 'HOOK_SIGNATURE_INVALID' });
  expect(await post(hook.url, body, sign('guessed'))).toMatchObject({ status: 401 });
  expect((await post(hook.url, body, sign(hook.secret))).data.status).toBe('sent');
  const [sent, ...refused] = await receiptsOf(hook.id);
  expect(sent.payload).toEqual(JSON.parse(body));
  expect(JSON.stringify(sent.headers)).not.toContain('sha256=');
  expect(refused).toHaveLength(2);
  for (const receipt of refused) {
    expect(receipt).toMatchObject({ status: 'refused', code: 'HOOK_SIGNATURE_INVALID', payload: null });
  }
  // The mask that was answered keeps the secret; another one replaces it.
  const masked = (await tenant.owner.get(`/hooks/${hook.id}`)).secret;
  expect(masked).toBe(`********${hook.secret.slice(-4)}`);
  await tenant.owner.call('PATCH', `/hooks/${hook.id}`, { secret: masked });
  house.clock.advance({ minutes: 2 });
  expect((await post(hook.url, body, sign(hook.secret))).status).toBe(200);
  await tenant.owner.call('PATCH', `/hooks/${hook.id}`, { secret: 'from the sender' });
  expect((await post(hook.url, body, sign('from the sender'))).status).toBe(200);
  expect((await post(hook.url, body, sign(hook.secret))).status).toBe(401);
});

test('the unsigned ping of WooCommerce is answered 200 and sends nothing', async () => {
  const hook = await make({ signature: { form: 'woocommerce' }, secret: 'secret of the shop' });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await post(hook.url, 'webhook_id=7', form)).data.status).toBe('skipped');
  expect((await post(hook.url, 'webhook_id=7&to=8', form)).status).toBe(401);
  expect(await messagesOf(hook.id)).toEqual([]);
});

test('an unknown, replaced, switched off or deleted address is not found', async () => {
  const hook = await make();
  const other = await tenant.owner.post(`/hooks/${hook.id}/rotate-url`);
  const body = payloadTo(newNumber());
  const notFound = { status: 404, code: 'HOOK_NOT_FOUND' };
  expect(await post(hook.url, body)).toMatchObject(notFound);
  expect((await post(other.url, body)).data.status).toBe('sent');
  await tenant.owner.call('PATCH', `/hooks/${hook.id}`, { enabled: false });
  expect(await post(other.url, body)).toMatchObject(notFound);
  await tenant.owner.call('PATCH', `/hooks/${hook.id}`, { enabled: true });
  await tenant.owner.delete(`/hooks/${hook.id}`);
  expect(await post(other.url, body)).toMatchObject(notFound);
});

test('a hook without a mapping keeps what comes, and a trial shows what it would become', async () => {
  const hook = await make({ mapping: null });
  const phone = newNumber();
  const headers = { 'x-github-event': 'issues' };
  expect((await post(hook.url, payloadTo(phone), headers)).data.status).toBe('caught');
  const before = await receiptsOf(hook.id);
  const wanted = { ...mapping, text: `${text} {/gone}`, when: { 'header:x-github-event': 'issues' } };
  expect(await tenant.owner.post(`/hooks/${hook.id}/try`, { mapping: wanted })).toEqual({
    ...{ success: true, status: 'ready', missing: ['/gone'], problems: [] },
    message: {
      ...{ to: phone, chatId: `${phone}@c.us`, type: 'text' },
      content: { linkPreview: true, text: 'Hello Sari, order 1042 is on its way. {/gone}' },
    },
  });
  const trial = (body: object) => tenant.owner.post(`/hooks/${hook.id}/try`, body);
  expect(await trial({})).toMatchObject({ success: false, status: 'caught', message: null });
  expect(await trial({ mapping: wanted, payload: {}, headers: {} })).toMatchObject({ status: 'skipped' });
  const wrong = await trial({ mapping: { to: '12', type: 'location', content: { latitude: 'x' } } });
  expect(wrong).toMatchObject({ status: 'failed', message: null });
  expect(wrong.problems.map(({ path }: { path: string }) => path)).toContain('/content/latitude');
  expect(await trial({ mapping: { to: '12', text: 'x' } })).toMatchObject({ problems: [{ path: '/to' }] });
  expect(await receiptsOf(hook.id)).toEqual(before);
  expect(await messagesOf(hook.id)).toEqual([]);
});

test('any kind is made, also one with a file, which is fetched once', async () => {
  const hook = await make({ mapping: { to: '/to', type: 'image', content: { base64: '/picture' } } });
  const picture =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const body = { to: newNumber(), picture };
  const [one, two] = [await post(hook.url, body), await post(hook.url, body)];
  expect([one.data.status, two.data.status]).toEqual(['sent', 'duplicate']);
  expect(await tenant.owner.get(`/messages/${one.data.messageId}`)).toMatchObject({ type: 'image' });
});

test('bodies of outgoing hooks are told of webhooks; other targets are refused with a code', async () => {
  const old = { url: 'https://example.com/', events: ['*'] };
  const refused = await tenant.owner.call('POST', '/hooks', old);
  expect([refused.status, refused.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  expect(refused.body.message).toContain('POST /webhooks');
  const template = { name: 'x', profileId: profile.id, target: 'template' };
  const answer = await tenant.owner.call('POST', '/hooks', template);
  expect([answer.status, answer.body.error.code]).toEqual([422, 'HOOK_TARGET_UNAVAILABLE']);
});

test('what a program posts starts an automation of the profile, with variables, once', async () => {
  const automation = await tenant.owner.post('/automation', {
    ...{ profileId: profile.id, name: 'Sent', triggerType: 'webhook', triggerConfig: {} },
    actions: [{ type: 'reply', message: 'Order {{number}} is {{status}}.' }],
  });
  const content = { number: '/order/number', status: '{/order/status}' };
  const more = { target: 'automation', automationId: automation.id, mapping: { to: mapping.to, content } };
  const stranger = await tenant.owner.call('POST', '/hooks', {
    ...{ name: 'x', profileId: profile.id, ...more, automationId: profile.id },
  });
  expect([stranger.status, stranger.body.error.details[0].path]).toEqual([400, '/automationId']);
  const hook = await make(more);
  expect(hook).toMatchObject({ target: 'automation', automationId: automation.id });
  const customer = house.sandbox.phone(newNumber());
  await customer.named('Sari');
  const payload = payloadTo(customer.number, 7);
  const [first, second] = [await post(hook.url, payload), await post(hook.url, payload)];
  expect(first.data).toMatchObject({ status: 'sent', messageId: null, runId: expect.any(String) });
  expect(second.data).toMatchObject({ status: 'duplicate', runId: first.data.runId });
  const said = 'Order 7 is on its way.';
  await until('it has come', async () => JSON.stringify(await customer.messages()).includes(said));
  await tenant.owner.put(`/automation/${automation.id}/toggle`);
  const off = await post(hook.url, payloadTo(customer.number, 8));
  expect(off.data).toMatchObject({ status: 'failed', code: 'AUTOMATION_OFF' });
});

test('whoever manages hooks but may not send makes none, nor changes what one says', async () => {
  const { id } = await make();
  const { key } = await tenant.owner.post('/api-keys', { name: 'k', permissions: ['webhook:manage'] });
  const client = house.api.as({ 'x-api-key': key });
  const body = { name: 'x', profileId: profile.id, mapping };
  for (const [method, path] of [
    ['POST', '/hooks'],
    ['PATCH', `/hooks/${id}`],
    ['POST', `/hooks/${id}/rotate-url`],
  ] as const) {
    const answer = await client.call(method, path, body);
    expect([path, answer.status, answer.body.error?.code]).toEqual([path, 403, 'PERMISSION_DENIED']);
  }
  expect((await client.call('PATCH', `/hooks/${id}`, { enabled: false })).status).toBe(200);
});

test('hooks of another tenant are unknown; neither address nor secret is kept in clear', async () => {
  const hook = await make({ signature: { form: 'hmac' } });
  const stranger = await newTenant(house.api);
  expect(await stranger.owner.get('/hooks')).toEqual([]);
  const foreign = await stranger.owner.call('POST', '/hooks', { name: 'x', profileId: profile.id });
  expect(foreign.body.error.code).toBe('PROFILE_NOT_FOUND');
  expect((await stranger.owner.call('GET', `/hooks/${hook.id}/receipts`)).status).toBe(404);
  const token = hook.url.split('/').at(-1);
  const { rows } = await sql<{ row: string }>`select hooks::text as row from hooks`.execute(
    house.database.database.db,
  );
  const shown = JSON.stringify([
    await tenant.owner.get('/hooks'),
    await tenant.owner.get(`/hooks/${hook.id}`),
  ]);
  for (const text of [JSON.stringify(rows), shown]) {
    expect(text).toContain(hook.id);
    for (const secret of [token, hook.secret]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString('hex'));
    }
  }
});

test('a sender gone mad is slowed down, and of many payloads the newest are kept', async () => {
  const hook = await make({ mapping: null });
  house.clock.advance({ minutes: 2 });
  const statuses: number[] = [];
  for (let n = 0; n < 310; n += 10) {
    const some = await Promise.all(Array.from({ length: 10 }, (_, at) => post(hook.url, { n: n + at })));
    statuses.push(...some.map(({ status }) => status));
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(300);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  const { rows } = await sql<{ kept: number; all: number }>`
    select count(payload)::int as kept, count(*)::int as all from hook_receipts where hook_id = ${hook.id}`.execute(
    house.database.database.db,
  );
  expect(rows[0]?.all).toBe(300);
  expect(rows[0]?.kept).toBeGreaterThanOrEqual(100);
  expect(rows[0]?.kept).toBeLessThanOrEqual(110);
});

test('bodies that can not be read are refused with a code, and large ones are not read', async () => {
  const hook = await make();
  expect(await post(hook.url, '{"a":')).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
  expect(await post(hook.url, 'hello', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
  expect(await post(hook.url, 'x'.repeat(1_100_000))).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
  const [text, json] = await receiptsOf(hook.id);
  expect([json.status, json.code, text.code]).toEqual([
    'refused',
    'MALFORMED_JSON',
    'UNSUPPORTED_MEDIA_TYPE',
  ]);
});
