import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../../../test/kit/eventually.ts';
import { openSink, type Sink } from '../../../../test/kit/sink.ts';
import { newId } from '../../../platform/ids.ts';
import { openHouse, type WebhookHouse } from '../testing.ts';

let house: WebhookHouse;
let sink: Sink;

interface Answer {
  id: string;
  status: string;
  made: number;
  found: number;
  percent: number;
  position: number;
  upTo: number;
  error: string;
  replays: { id: string }[];
  deliveries: { id: string; event: string; webhookId: string; statusCode: number }[];
}
const call = async (...args: Parameters<WebhookHouse['call']>) => {
  const { status, body } = await house.call(...args);
  return { status, body: body as Answer & { error: { code: string; details: { path: string }[] } } };
};
const create = async (more: object = {}) => {
  const made = await call('POST', '/webhooks', { url: `${sink.url}/hook`, events: ['test.*'], ...more });
  return `/webhooks/${made.body.id}`;
};
const count = (n: number) => house.node.count({ organizationId: house.organizationId }, n);
const heard = () => sink.caught.map(({ body }) => body.data.n as number).sort((a, b) => a - b);
/** Asks for a replay and waits for its end. */
const replayed = async (hook: string, body: object) => {
  const { status, body: made } = await call('POST', `${hook}/replay`, body);
  expect(status).toBe(202);
  return eventually(async () => {
    const { body: now } = await call('GET', `${hook}/replays/${made.id}`);
    expect(now.status).not.toBe('running');
    return now;
  });
};

beforeAll(async () => {
  house = await openHouse({ schedule: [0.01] });
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

test('what a receiver missed comes since a sequence or an event, with the ids it always had', async () => {
  const hook = await create();
  sink.answer = ({ body }) => (body.data.n === 2 ? 500 : 200);
  for (const n of [1, 2, 3]) await count(n);
  await eventually(async () => {
    const { body } = await call('GET', `${hook}/deliveries?status=failed`);
    expect([body.deliveries.length, heard()]).toEqual([1, [1, 2, 2, 3]]);
  });
  await call('PUT', hook, { enabled: false });
  // Who gets an event is decided when it is read, for all webhooks: another one shows that it was.
  const witness = await create();
  await count(4);
  await eventually(() => expect(heard()).toContain(4));
  await call('DELETE', witness);
  expect((await call('POST', `${hook}/replay`, { after: 0 })).body.error.code).toBe('WEBHOOK_DISABLED');
  await call('PUT', hook, { enabled: true });
  const before = sink.caught.splice(0);
  sink.answer = () => 200;

  const missed = await replayed(hook, { after: 0, onlyMissing: true });
  expect(missed).toMatchObject({ status: 'done', found: 4, made: 2, percent: 100 });
  await eventually(() => expect(heard()).toEqual([2, 4]));
  const two = before.find(({ body }) => body.data.n === 2);
  const again = sink.caught.find(({ body }) => body.data.n === 2);
  expect([again?.text, again?.headers['webhook-id']]).toEqual([two?.text, two?.headers['webhook-id']]);

  sink.caught.length = 0;
  expect(await replayed(hook, { afterEventId: two?.body.id })).toMatchObject({ status: 'done', made: 2 });
  await eventually(() => expect(heard()).toEqual([3, 4]));
  expect((await call('GET', `${hook}/replays`)).body.replays).toHaveLength(2);
});

test('a range of time comes once more, in small batches, however often its job is interrupted', async () => {
  const hook = await create({ events: ['message.told'], filters: { direction: 'incoming' } });
  const told = (n: number, direction: string) => ({ n, chatId: '628111000001@c.us', direction });
  await house.tell(told(0, 'incoming'));
  // Both ends belong to the range, so what is outside must not have the same millisecond.
  await pause(5);
  const from = new Date();
  await house.tell(
    ...Array.from({ length: 450 }, (_, n) => told(n + 1, n % 3 === 2 ? 'outgoing' : 'incoming')),
  );
  const until = new Date();
  await pause(5);
  await house.tell(told(1_000, 'incoming'));
  await eventually(() => expect(sink.caught).toHaveLength(302));
  sink.caught.length = 0;
  const job = house.feature.jobs?.find(({ definition }) => definition.name === 'webhooks.replay');
  const { body } = await call('POST', `${hook}/replay`, {
    from: from.toISOString(),
    until: until.toISOString(),
  });
  // The same job at the same time, as after a node that froze: each batch is taken once.
  const twice = job?.deed({ replayId: body.id } as never, new AbortController().signal);
  await Promise.allSettled([twice]);
  const ended = await eventually(async () => {
    const { body: now } = await call('GET', `${hook}/replays/${body.id}`);
    expect(now.status).toBe('done');
    return now;
  });
  expect([ended.found, ended.made, ended.position]).toEqual([300, 300, ended.upTo]);
  await eventually(() => expect(new Set(heard()).size).toBe(300));
  expect([heard().includes(0), heard().includes(1_000)]).toEqual([false, false]);
});

test('a request without one beginning, or with a wrong one, is refused; one runs at a time', async () => {
  const hook = await create();
  const problems = async (body: object) => {
    const { status, body: answer } = await call('POST', `${hook}/replay`, body);
    return [status, answer.error.code, answer.error.details?.map(({ path }) => path)];
  };
  expect(await problems({})).toEqual([400, 'VALIDATION_ERROR', ['']]);
  expect(await problems({ after: 1, afterEventId: newId() })).toEqual([400, 'VALIDATION_ERROR', ['']]);
  expect(await problems({ afterEventId: newId() })).toEqual([400, 'VALIDATION_ERROR', ['/afterEventId']]);
  expect(await problems({ from: 'yesterday' })).toEqual([400, 'VALIDATION_ERROR', ['/from']]);
  expect(await problems({ after: 0, events: ['nothing.happened'] })).toEqual([
    ...[400, 'VALIDATION_ERROR', ['/events/0']],
  ]);
  const { db } = house.database.database;
  const webhookId = hook.split('/').at(-1) ?? '';
  const running = newId();
  const moment = new Date();
  await db
    .insertInto('webhook_replays')
    .values({
      ...{ id: running, organization_id: house.organizationId, webhook_id: webhookId, only_missing: false },
      ...{ after_position: 0, up_to: 0, position: 0, created_at: moment, updated_at: moment },
    })
    .execute();
  expect((await call('POST', `${hook}/replay`, { after: 0 })).body.error.code).toBe('REPLAY_RUNNING');
  const stopped = await call('POST', `${hook}/replays/${running}/stop`);
  expect(stopped.body).toMatchObject({ status: 'stopped', error: 'It was stopped by a request.' });
  expect(await replayed(hook, { after: 0 })).toMatchObject({ status: 'done' });
});

test('deliveries are found by event, answer, message and time, of one webhook and of all', async () => {
  const [told, counted] = [await create({ events: ['message.told'] }), await create({ events: ['test.*'] })];
  const messageId = newId();
  sink.answer = ({ body }) => (body.event === 'test.counted' ? 418 : 200);
  await house.tell({ n: 1, chatId: 'x@c.us', messageId }, { n: 2, chatId: 'x@c.us' });
  await count(3);
  const found = async (query: string, where = '/webhooks') =>
    (await call('GET', `${where}/deliveries?${query}`)).body.deliveries.map(({ event }) => event);
  await eventually(async () => expect(await found('status=failed')).toEqual(['test.counted']));
  expect(await found(`messageId=${messageId}`)).toEqual(['message.told']);
  expect(await found('event=message.*')).toEqual(['message.told', 'message.told']);
  expect(await found('statusCode=418')).toEqual(['test.counted']);
  expect(await found('statusCode=418', told)).toEqual([]);
  expect(await found(`until=${new Date(0).toISOString()}`)).toEqual([]);
  expect(await found(`from=${new Date(0).toISOString()}`, counted)).toEqual(['test.counted']);
  const stranger = await house.call('GET', '/webhooks/deliveries', undefined, newId());
  expect(stranger.body).toMatchObject({ deliveries: [] });
  const stats = await call('GET', `${counted}/stats`);
  expect(stats.body).toMatchObject({ pending: 0, attempts: 2, succeeded: 0, failed: 2, successRate: 0 });
  expect(stats.body).toMatchObject({ answers: [{ statusCode: 418, count: 2 }] });
  // Both in one, or one after the other where they are told at another moment.
  const webhookId = counted.split('/').at(-1);
  await eventually(() => {
    const bodies = house.passed
      .filter(({ name }) => name === 'webhook.activity')
      .map(({ body }) => body as { webhookId: string; delivered: number; failed: number; statusCode: number })
      .filter((body) => body.webhookId === webhookId);
    expect(bodies.reduce((sum, { failed }) => sum + failed, 0)).toBe(2);
    expect(bodies.every(({ delivered, statusCode }) => delivered === 0 && statusCode === 418)).toBe(true);
  });
});
