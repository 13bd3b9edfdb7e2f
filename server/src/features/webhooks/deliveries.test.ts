import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../../test/kit/eventually.ts';
import { type Caught, openSink, type Sink } from '../../../test/kit/sink.ts';
import { makeProfile } from '../../platform/events/testing.ts';
import { openHouse, type WebhookHouse } from './testing.ts';

let house: WebhookHouse;
let sink: Sink;

type Made = { id: string; secret: string; signingSecret: string };
const create = async (more: object = {}): Promise<Made> => {
  const { body } = await house.call('POST', '/webhooks', { url: sink.url, events: ['*'], ...more });
  return body as Made;
};
const count = (n: number, profileId: string | null = null) =>
  house.node.count({ organizationId: house.organizationId, profileId }, n);
const numbers = (hits: Caught[]) => hits.map((hit) => hit.body.data.n as number);
const headersOf = (hit: Caught | undefined) => (hit?.headers ?? {}) as Record<string, string>;
const deliveries = async (id: string) => {
  const { body } = await house.call('GET', `/webhooks/${id}/deliveries`);
  return (body as { deliveries: { id: string; status: string; attempts: number; error: string }[] })
    .deliveries;
};

beforeAll(async () => {
  house = await openHouse({ schedule: [0.05, 0.05], disableAfterSeconds: 3_600 });
  sink = await openSink();
});
afterEach(async () => {
  await house.database.database.db.deleteFrom('webhooks').execute();
  sink.caught.length = 0;
  sink.answer = () => 200;
});
afterAll(async () => {
  await sink.close();
  await house.stop();
});

test('an event is delivered once to every webhook that wants it, and to no other', async () => {
  const profileId = await makeProfile(house.database.database.db, house.organizationId);
  await create({ url: `${sink.url}/all` });
  await create({ url: `${sink.url}/prefix`, events: ['test.*'] });
  await create({ url: `${sink.url}/exact`, events: ['test.counted'], profileId });
  await create({ url: `${sink.url}/other`, events: ['webhook.disabled'] });
  await create({ url: `${sink.url}/off`, enabled: false });
  await count(1, profileId);
  await count(2);
  await eventually(() => expect(sink.caught).toHaveLength(5));
  const numbersAt = (path: string) => numbers(sink.caught.filter((hit) => hit.path === path)).sort();
  expect([numbersAt('/all'), numbersAt('/prefix'), numbersAt('/exact')]).toEqual([[1, 2], [1, 2], [1]]);
});

test('the body holds id, event, sequence, timestamp, profileId and data, and headers name it', async () => {
  const made = await create({ headers: { 'X-Shop': 'bakery' } });
  await count(7);
  await eventually(() => expect(sink.caught).toHaveLength(1));
  const [hit] = sink.caught;
  const body = JSON.parse(hit?.text ?? '') as Record<string, unknown>;
  expect(Object.keys(body)).toEqual(['id', 'event', 'sequence', 'timestamp', 'profileId', 'data']);
  expect(body).toMatchObject({
    event: 'test.counted',
    sequence: expect.any(Number),
    profileId: null,
    data: { n: 7 },
  });
  const [delivery] = await deliveries(made.id);
  expect(headersOf(hit)).toMatchObject({
    'content-type': 'application/json',
    'x-shop': 'bakery',
    'x-multiwa-event': 'test.counted',
    'x-multiwa-delivery': delivery?.id,
    'x-multiwa-attempt': '1',
    'webhook-id': body.id,
  });
});

test('both signatures verify with the secret as shown; a changed byte or another secret does not', async () => {
  const made = await create();
  await count(1);
  await eventually(() => expect(sink.caught).toHaveLength(1));
  const [hit] = sink.caught;
  const { text: body = '' } = hit ?? {};
  const hmac = createHmac('sha256', made.secret).update(body).digest('hex');
  expect(headersOf(hit)['x-multiwa-signature']).toBe(`sha256=${hmac}`);
  for (const verifier of [
    new Webhook(made.signingSecret),
    new Webhook(made.secret),
    new Webhook(made.secret, { format: 'raw' }),
  ]) {
    expect(verifier.verify(body, headersOf(hit))).toMatchObject({ event: 'test.counted' });
  }
  expect(() => new Webhook(made.signingSecret).verify(`${body} `, headersOf(hit))).toThrow();
  expect(() => new Webhook(`whsec_${'A'.repeat(43)}=`).verify(body, headersOf(hit))).toThrow();
});

test('a secret signs once, and twice where libraries read it in two ways', async () => {
  const secrets = [undefined, 'a-secret-of-my-own-choosing', `whsec_${'A'.repeat(43)}=`];
  for (const secret of secrets) await create(secret ? { secret } : {});
  await count(1);
  await eventually(() => expect(sink.caught).toHaveLength(3));
  const signatures = sink.caught.map((hit) => headersOf(hit)['webhook-signature']?.split(' ').length);
  expect(signatures.toSorted()).toEqual([1, 1, 2]);
});

test('while a secret is rotated both sign, and afterwards only the new one', async () => {
  const made = await create();
  const { body } = await house.call('POST', `/webhooks/${made.id}/rotate-secret`, {});
  const rotated = body as Made;
  expect(rotated.secret).not.toBe(made.secret);
  await count(1);
  await eventually(() => expect(sink.caught).toHaveLength(1));
  const verify = (secret: string, hit: Caught | undefined) =>
    new Webhook(secret).verify(hit?.text ?? '', headersOf(hit));
  verify(made.signingSecret, sink.caught[0]);
  verify(rotated.signingSecret, sink.caught[0]);
  house.clock.advance({ hours: 25 });
  await count(2);
  await eventually(() => expect(sink.caught).toHaveLength(2));
  const late = { ...headersOf(sink.caught[1]) };
  expect(late['webhook-signature']?.split(' ')).toHaveLength(2);
  house.clock.advance({ hours: -25 });
  expect(headersOf(sink.caught[0])['webhook-signature']?.split(' ')).toHaveLength(4);
});

test('a failed attempt is repeated with the same id and bytes, a new time and attempt number', async () => {
  const made = await create();
  const statuses = [500, 302, 200];
  sink.answer = (_, response) =>
    response.writeHead(statuses.shift() ?? 200, { location: sink.url }).end('hm');
  await count(1);
  await eventually(() => expect(sink.caught).toHaveLength(3));
  expect(new Set(sink.caught.map((hit) => headersOf(hit)['webhook-id'])).size).toBe(1);
  expect(new Set(sink.caught.map((hit) => hit.text)).size).toBe(1);
  expect(sink.caught.map((hit) => headersOf(hit)['x-multiwa-attempt'])).toEqual(['1', '2', '3']);
  await eventually(async () =>
    expect(await deliveries(made.id)).toMatchObject([{ status: 'delivered', attempts: 3 }]),
  );
  const [delivery] = await deliveries(made.id);
  const { body } = await house.call('GET', `/webhooks/${made.id}/deliveries/${delivery?.id}`);
  expect((body as { history: object[] }).history).toMatchObject([
    {
      attempt: 1,
      success: false,
      statusCode: 500,
      response: 'hm',
      answerHeaders: expect.any(Object),
      durationMs: expect.any(Number),
    },
    { attempt: 2, success: false, statusCode: 302 },
    { attempt: 3, success: true, statusCode: 200, error: null },
  ]);
  const { body: log } = await house.call('GET', `/webhooks/${made.id}/logs`);
  expect(log).toMatchObject({
    total: 3,
    data: [{ success: true, payload: { event: 'test.counted' } }, {}, {}],
  });
});

test('after its schedule a delivery is failed, and a replay delivers it with the same id', async () => {
  const made = await create();
  sink.answer = () => 500;
  await count(1);
  await eventually(async () =>
    expect(await deliveries(made.id)).toMatchObject([{ status: 'failed', attempts: 3 }]),
  );
  sink.answer = () => 200;
  const [delivery] = await deliveries(made.id);
  const replay = await house.call('POST', `/webhooks/${made.id}/deliveries/${delivery?.id}/replay`);
  expect(replay).toMatchObject({ status: 200, body: { status: 'pending', attempts: 0 } });
  await eventually(async () => expect(await deliveries(made.id)).toMatchObject([{ status: 'delivered' }]));
  expect(new Set(sink.caught.map((hit) => headersOf(hit)['webhook-id'])).size).toBe(1);
});

test('Retry-After is waited for when it is longer than the schedule', async () => {
  const made = await create();
  sink.answer = (_, response) => response.writeHead(503, { 'retry-after': '600' }).end();
  await count(1);
  await eventually(async () =>
    expect(await deliveries(made.id)).toMatchObject([
      { attempts: 1, status: 'pending', error: expect.any(String) },
    ]),
  );
  const { body } = await house.call('GET', `/webhooks/${made.id}/deliveries`);
  const [{ dueAt } = { dueAt: '' }] = (body as { deliveries: { dueAt: string }[] }).deliveries;
  const waitMs = Date.parse(dueAt) - house.clock.now().getTime();
  expect(waitMs).toBeGreaterThan(590_000);
  expect(waitMs).toBeLessThanOrEqual(600_000);
});

test('410 switches a webhook off at once and tells the others', async () => {
  const gone = await create({ url: `${sink.url}/gone`, events: ['test.counted'] });
  await create({ url: `${sink.url}/watch`, events: ['webhook.disabled'] });
  sink.answer = ({ path }) => (path === '/gone' ? 410 : 200);
  await count(1);
  await eventually(() => expect(sink.caught.map((hit) => hit.path)).toEqual(['/gone', '/watch']));
  expect(sink.caught[1]?.body).toMatchObject({
    event: 'webhook.disabled',
    data: { webhookId: gone.id, reason: expect.stringContaining('410') },
  });
  const { body } = await house.call('GET', `/webhooks/${gone.id}`);
  expect(body).toMatchObject({ enabled: false, disabledReason: expect.stringContaining('410') });
});

test('only failures for as long as the setting says switch a webhook off; a success resets that', async () => {
  const made = await create();
  const enabled = async () =>
    ((await house.call('GET', `/webhooks/${made.id}`)).body as { enabled: boolean }).enabled;
  const status = [500, 200];
  sink.answer = () => status.shift() ?? 500;
  await count(1);
  await eventually(async () => expect(await deliveries(made.id)).toMatchObject([{ status: 'delivered' }]));
  house.clock.advance({ hours: 2 });
  await count(2);
  await eventually(async () =>
    expect((await deliveries(made.id)).map((one) => one.status)).toContain('failed'),
  );
  expect(await enabled()).toBe(true);
  house.clock.advance({ hours: 2 });
  await count(3);
  await eventually(async () => expect(await enabled()).toBe(false));
  house.clock.advance({ hours: -4 });
});

test('first attempts reach an endpoint in the order of their sequence', async () => {
  await create({ url: `${sink.url}/order`, events: ['test.counted'] });
  for (let n = 0; n < 40; n++) await count(n);
  const attempts = () => numbers(sink.caught.filter((hit) => hit.path === '/order'));
  await eventually(() => expect(attempts()).toHaveLength(40));
  // Four attempts run at once: when one arrives, at most three that were begun before it are still on their way.
  for (const [index, n] of attempts().entries()) {
    const overtaken = attempts().filter((earlier, place) => place > index && earlier < n);
    expect(overtaken.length).toBeLessThan(4);
  }
});

test('an endpoint that never answers delays no other endpoint', async () => {
  await create({ url: `${sink.url}/dead` });
  await create({ url: `${sink.url}/fine` });
  sink.answer = (hit, response) => {
    if (hit.path === '/fine') response.end();
  };
  for (let n = 0; n < 30; n++) await count(n);
  await eventually(() => expect(numbers(sink.caught.filter((hit) => hit.path === '/fine'))).toHaveLength(30));
  expect(sink.caught.filter((hit) => hit.path === '/dead').length).toBeLessThanOrEqual(4);
});

test('deliveries of a webhook are paged without gaps or repeats', async () => {
  const made = await create();
  for (let n = 0; n < 7; n++) await count(n);
  await eventually(async () => expect(await deliveries(made.id)).toHaveLength(7));
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await house.call('GET', `/webhooks/${made.id}/deliveries?limit=3&cursor=${cursor}`);
    const page = body as { deliveries: { id: string }[]; nextCursor: string | null };
    ids.push(...page.deliveries.map((one) => one.id));
    cursor = page.nextCursor;
  }
  expect(ids).toEqual((await deliveries(made.id)).map((one) => one.id));
  expect((await house.call('GET', `/webhooks/${made.id}/deliveries?cursor=nonsense`)).status).toBe(400);
});

test('from the commit of an event to its arrival it takes milliseconds', async () => {
  await create({ url: `${sink.url}/quick` });
  const waits: number[] = [];
  for (let n = 0; n < 100; n++) {
    const arrived = sink.next();
    await count(n);
    const committedAt = performance.now();
    waits.push((await arrived).atMs - committedAt);
  }
  const sorted = waits.sort((a, b) => a - b);
  process.stdout.write(
    `commit to webhook: p50 ${sorted[50]?.toFixed(1)} ms, p99 ${sorted[98]?.toFixed(1)} ms\n`,
  );
  expect(sorted[50]).toBeLessThan(500);
});

test('once it is switched off or deleted nothing that waits is delivered, however much was due', async () => {
  const made = await create({ url: `${sink.url}/slow` });
  const finish: (() => void)[] = [];
  sink.answer = (_, response) => void finish.push(() => response.end());
  for (let n = 0; n < 12; n++) await count(n);
  await eventually(async () => expect(await deliveries(made.id)).toHaveLength(12));
  await eventually(() => expect(finish).toHaveLength(4));
  await house.call('PUT', `/webhooks/${made.id}`, { enabled: false });
  for (const answer of finish.splice(0)) answer();
  await eventually(async () => {
    const statuses = (await deliveries(made.id)).map((one) => one.status);
    expect(statuses.filter((one) => one === 'delivered')).toHaveLength(4);
    expect(statuses.filter((one) => one === 'pending')).toHaveLength(8);
  });
  expect(sink.caught).toHaveLength(4);
  await house.call('PUT', `/webhooks/${made.id}`, { enabled: true });
  await eventually(() => expect(finish).toHaveLength(4));
  await house.call('DELETE', `/webhooks/${made.id}`);
  for (const answer of finish.splice(0)) answer();
  await create({ url: `${sink.url}/control` });
  sink.answer = () => 200;
  await count(99);
  await eventually(() => expect(sink.caught.at(-1)?.path).toBe('/control'));
  expect(sink.caught.filter((hit) => hit.path === '/slow')).toHaveLength(8);
});
