import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../test/kit/eventually.ts';
import { openSink, type Sink } from '../../../test/kit/sink.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { counted, makeOrganization, makeProfile } from '../../platform/events/testing.ts';
import { newId } from '../../platform/ids.ts';
import { messageCounted, openHouse, type WebhookHouse } from './testing.ts';

let house: WebhookHouse;
let sink: Sink;
let foreign: string;

type Answer = Record<string, never> & { id: string; secret: string; events: string[]; message: string };
const call = async (...args: Parameters<WebhookHouse['call']>) => {
  const { status, body } = await house.call(...args);
  return { status, body: body as Answer };
};
const create = async (more: object = {}) => {
  const { body } = await call('POST', '/webhooks', { url: `${sink.url}/hook`, events: ['*'], ...more });
  return body;
};

beforeAll(async () => {
  house = await openHouse();
  sink = await openSink();
  foreign = await makeOrganization(house.database.database.db);
});
afterEach(async () => {
  await house.database.database.db.deleteFrom('webhooks').execute();
});
afterAll(async () => {
  await sink.close();
  await house.stop();
});

test('the secret is made when none is given, shown when made, and masked ever after', async () => {
  const made = await create();
  expect(made.secret).toMatch(/^[0-9a-f]{64}$/);
  expect(made).toMatchObject({
    signingSecret: expect.stringMatching(/^whsec_/),
    enabled: true,
    profileId: null,
  });
  const masked = `********${made.secret.slice(-4)}`;
  const one = await call('GET', `/webhooks/${made.id}`);
  expect(one.body.secret).toBe(masked);
  expect(one.body).not.toHaveProperty('signingSecret');
  const { body: list } = await call('GET', '/webhooks');
  expect(list).toMatchObject([{ id: made.id, secret: masked, profile: null }]);
  const changed = await call('PUT', `/webhooks/${made.id}`, { enabled: false });
  expect(changed.body).toMatchObject({ enabled: false, isActive: false, secret: masked });
});

test("the caller's own secret is kept, encrypted at rest", async () => {
  const secret = 'a-secret-of-my-own-choosing';
  const made = await create({ secret });
  expect(made.secret).toBe(secret);
  const row = await house.database.database.db
    .selectFrom('webhooks')
    .select('secret')
    .where('id', '=', made.id)
    .executeTakeFirstOrThrow();
  expect(row.secret.includes(secret)).toBe(false);
});

test('a webhook belongs to a profile or to the whole organisation, and lists say to which', async () => {
  const profileId = await makeProfile(house.database.database.db, house.organizationId);
  const one = await create({ profileId });
  await create({ profileId: '' });
  const { body } = await call('GET', `/webhooks?profileId=${profileId}`);
  expect(body).toMatchObject([
    { id: one.id, profileId, profile: { id: profileId, displayName: 'Counter phone' } },
  ]);
  const alias = await call('GET', `/webhooks/profile/${profileId}`);
  expect(alias.body).toEqual(body);
  const all = await call('GET', '/webhooks');
  expect(all.body).toHaveLength(2);
});

test('a change keeps what is absent, and PATCH and isActive work as older clients send them', async () => {
  const made = await create({ headers: { 'x-shop': 'bakery' } });
  const { body } = await call('PATCH', `/webhooks/${made.id}`, { isActive: false, events: ['test.*'] });
  expect(body).toMatchObject({ enabled: false, events: ['test.*'], headers: { 'x-shop': '********' } });
  const { body: cleared } = await call('PUT', `/webhooks/${made.id}`, { headers: null, enabled: true });
  expect(cleared).toMatchObject({ enabled: true, headers: {}, disabledReason: null });
});

test('deleting removes it', async () => {
  const made = await create();
  expect((await call('DELETE', `/webhooks/${made.id}`)).body).toEqual({ success: true });
  expect((await call('GET', `/webhooks/${made.id}`)).status).toBe(404);
  expect((await call('DELETE', `/webhooks/${made.id}`)).status).toBe(404);
});

describe('refusals', () => {
  const hook = () => `${sink.url}/hook`;
  const refused: [string, () => object, number, string][] = [
    [
      'an unknown event',
      () => ({ url: hook(), events: ['message.*', 'nothing.happened'] }),
      400,
      'VALIDATION_ERROR',
    ],
    ['an empty prefix', () => ({ url: hook(), events: ['.*'] }), 400, 'VALIDATION_ERROR'],
    ['no events', () => ({ url: hook(), events: [] }), 400, 'VALIDATION_ERROR'],
    ['no address', () => ({ events: ['*'] }), 400, 'VALIDATION_ERROR'],
    [
      'a scheme that is not http',
      () => ({ url: 'ftp://example.com/x', events: ['*'] }),
      400,
      'VALIDATION_ERROR',
    ],
    [
      'a user in the address',
      () => ({ url: 'http://me@example.com/', events: ['*'] }),
      400,
      'VALIDATION_ERROR',
    ],
    ['a private address', () => ({ url: 'http://10.1.2.3/', events: ['*'] }), 422, 'TARGET_NOT_ALLOWED'],
    ['our own port', () => ({ url: 'http://127.0.0.1:1/', events: ['*'] }), 422, 'TARGET_NOT_ALLOWED'],
    ['a short secret', () => ({ url: hook(), events: ['*'], secret: 'short' }), 400, 'VALIDATION_ERROR'],
    [
      'a header of ours',
      () => ({ url: hook(), events: ['*'], headers: { 'X-MultiWA-Signature': 'x' } }),
      400,
      'VALIDATION_ERROR',
    ],
    [
      'a transport header',
      () => ({ url: hook(), events: ['*'], headers: { Host: 'x' } }),
      400,
      'VALIDATION_ERROR',
    ],
    [
      'a header with a line break',
      () => ({ url: hook(), events: ['*'], headers: { 'x-a': 'b\r\nc: d' } }),
      400,
      'VALIDATION_ERROR',
    ],
    [
      'an unknown profile',
      () => ({ url: hook(), events: ['*'], profileId: newId() }),
      404,
      'PROFILE_NOT_FOUND',
    ],
    [
      'a malformed profile',
      () => ({ url: hook(), events: ['*'], profileId: 'me' }),
      404,
      'PROFILE_NOT_FOUND',
    ],
  ];
  test.each(refused)('%s', async (_, body, status, code) => {
    const answer = await call('POST', '/webhooks', body());
    expect([answer.status, answer.body]).toMatchObject([status, { error: { code } }]);
  });

  test('an unknown event is answered with the names there are', async () => {
    const { body } = await call('POST', '/webhooks', { url: hook(), events: ['nothing.happened'] });
    expect(body.message).toContain("'nothing.happened'");
    expect(body.message).toContain('test.counted');
  });

  test("a foreign organisation's profile is unknown", async () => {
    const profileId = await makeProfile(house.database.database.db, foreign);
    expect((await call('POST', '/webhooks', { url: hook(), events: ['*'], profileId })).status).toBe(404);
    expect((await call('GET', `/webhooks?profileId=${profileId}`)).status).toBe(404);
  });

  test('a foreign organisation sees, changes and tries nothing: every address answers 404', async () => {
    const { id } = await create();
    const paths: ['GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', string][] = [
      ['GET', ''],
      ['PUT', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/test'],
      ['POST', '/rotate-secret'],
      ['GET', '/deliveries'],
      ['GET', `/deliveries/${newId()}`],
      ['POST', `/deliveries/${newId()}/replay`],
      ['GET', '/logs'],
    ];
    for (const [method, path] of paths) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const { status } = await call(method, `/webhooks/${id}${path}`, body, foreign);
      expect([method, path, status]).toEqual([method, path, 404]);
    }
    expect((await call('GET', '/webhooks', undefined, foreign)).body).toEqual([]);
    expect((await call('GET', `/webhooks/${id}`)).status).toBe(200);
  });

  test('without the permission nothing is shown', async () => {
    expect((await call('GET', '/webhooks', undefined, 'viewer')).status).toBe(403);
  });
});

test('the test route posts a signed event at once and says what came back', async () => {
  const made = await create();
  sink.caught.length = 0;
  const good = await call('POST', `/webhooks/${made.id}/test`);
  expect([good.status, good.body]).toMatchObject([200, { success: true, statusCode: 200 }]);
  expect(sink.caught[0]?.headers['x-multiwa-event']).toBe('test');
  expect(sink.caught[0]?.body).toMatchObject({ event: 'test', data: { test: true } });

  sink.answer = (_, response) => response.writeHead(302, { location: `${sink.url}/canary` }).end();
  const redirected = await call('POST', `/webhooks/${made.id}/test`);
  expect(redirected.body).toMatchObject({ success: false, statusCode: 302 });
  expect(sink.caught.map((hit) => hit.path)).toEqual(['/hook', '/hook']);
  sink.answer = () => 200;
});

test('more than ten tests a minute are refused with a time to wait', async () => {
  const other = await makeOrganization(house.database.database.db);
  const { body } = await house.call('POST', '/webhooks', { url: sink.url, events: ['*'] }, other);
  const statuses: number[] = [];
  for (let n = 0; n < 11; n++) {
    const { status } = await house.call('POST', `/webhooks/${(body as Answer).id}/test`, {}, other);
    statuses.push(status);
  }
  expect(statuses).toEqual([...Array(10).fill(200), 429]);
});

test('what is done to a webhook is in the audit log, without values of headers and secrets', async () => {
  const { id } = await create({ headers: { 'x-token': 'hush-hush' }, secret: 'a-secret-of-my-own' });
  await call('PUT', `/webhooks/${id}`, { enabled: false, headers: { 'x-other': 'hush-hush' } });
  await call('POST', `/webhooks/${id}/rotate-secret`, { secret: 'another-secret-of-mine' });
  await call('DELETE', `/webhooks/${id}`);
  const rows = await house.database.database.db
    .selectFrom('audit_logs')
    .select(['action', 'metadata'])
    .where('resource_id', '=', id)
    .orderBy('id')
    .execute();
  expect(rows.map(({ action }) => action)).toEqual([
    'webhook.create',
    'webhook.update',
    'webhook.rotate_secret',
    'webhook.delete',
  ]);
  expect(rows[1]?.metadata).toEqual({
    before: { enabled: true },
    after: { enabled: false },
    headers: ['x-other'],
  });
  expect(JSON.stringify(rows)).not.toMatch(/hush|of-my|of-mine/);
});

describe('custom headers', () => {
  const token = 'Bearer of-a-good-length-4711';
  const stored = async (id: string) =>
    JSON.stringify(
      await house.database.database.db
        .selectFrom('webhooks')
        .select('headers')
        .where('id', '=', id)
        .executeTakeFirstOrThrow(),
    );
  const sentTo = async (id: string) => {
    sink.caught.length = 0;
    await call('POST', `/webhooks/${id}/test`);
    return sink.caught[0]?.headers;
  };

  test('their values are encrypted at rest and answered masked; a mask sent back keeps the value', async () => {
    house.clock.advance({ minutes: 1 });
    const made = await create({ headers: { authorization: token, 'x-shop': 'bakery' } });
    const masked = { authorization: '********4711', 'x-shop': '********' };
    expect(made.headers).toEqual(masked);
    expect((await call('GET', `/webhooks/${made.id}`)).body.headers).toEqual(masked);
    expect(await stored(made.id)).not.toMatch(/good-length|bakery/);
    const headers = { ...masked, 'x-shop': 'tea house', 'x-new': 'one' };
    expect((await call('PUT', `/webhooks/${made.id}`, { headers })).status).toBe(200);
    expect(await sentTo(made.id)).toMatchObject({
      authorization: token,
      'x-shop': 'tea house',
      'x-new': 'one',
    });
    const wrong = await call('PUT', `/webhooks/${made.id}`, { headers: { 'x-other': '********4711' } });
    expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([
      400,
      expect.stringContaining('/headers/x-other'),
    ]);
  });

  test('those kept in clear by an older version are sent, and encrypted at the next start', async () => {
    house.clock.advance({ minutes: 1 });
    const { id } = await create();
    const old = JSON.stringify({ authorization: token });
    const { db } = house.database.database;
    await db.updateTable('webhooks').set({ headers: old }).where('id', '=', id).execute();
    expect((await call('GET', `/webhooks/${id}`)).body.headers).toEqual({ authorization: '********4711' });
    expect(await sentTo(id)).toMatchObject({ authorization: token });
    await house.feature.stop?.();
    await house.feature.start?.();
    expect(await stored(id)).not.toContain('good-length');
    expect(await sentTo(id)).toMatchObject({ authorization: token });
  });
});

describe('who may hear what', () => {
  const createAs = (as: string, events: string[]) =>
    call('POST', '/webhooks', { url: `${sink.url}/hook`, events }, as);

  test('whoever may manage webhooks but read no messages makes none that hears them', async () => {
    for (const pattern of ['message.counted', 'message.*']) {
      const { status, body } = await createAs('manager', ['test.counted', pattern]);
      expect([status, body.message]).toEqual([403, expect.stringContaining('message:read')]);
    }
    const all = await createAs('manager', ['*']);
    expect(all.status).toBe(201);
    const { body: owned } = await createAs(house.organizationId, ['*']);
    sink.caught.length = 0;
    await inTransaction(house.database.database.db, async (tx) => {
      const about = { organizationId: house.organizationId, body: { n: 1 } };
      await house.node.recorder.record(tx, messageCounted, { ...about, profileId: null });
      await house.node.recorder.record(tx, counted, { ...about, profileId: null });
    });
    await eventually(() => expect(sink.caught.length).toBe(3));
    const eventNames = sink.caught.map(({ headers }) => headers['x-multiwa-event']);
    expect(eventNames.toSorted()).toEqual(['message.counted', 'test.counted', 'test.counted']);

    // Nor are they shown the payloads of the other webhook, and they can't redirect them.
    // An attempt stands in the log once its answer is kept, which is after the receiver has it.
    const log = await eventually(async () => {
      const { body } = await call('GET', `/webhooks/${owned.id}/logs`, undefined, 'manager');
      expect(body.data).toHaveLength(2);
      return body;
    });
    const shown = Object.fromEntries(
      (log.data as never as { event: string; payload: object }[]).map((row) => [row.event, row.payload]),
    );
    expect(shown).toMatchObject({
      'message.counted': { withheld: true },
      'test.counted': { event: 'test.counted' },
    });
    const id = (log.data as never as { event: string; deliveryId: string }[]).find(
      ({ event }) => event === 'message.counted',
    )?.deliveryId;
    const one = await call('GET', `/webhooks/${owned.id}/deliveries/${id}`, undefined, 'manager');
    expect(one.body.payload).toEqual({ withheld: true });
    const change = { url: `${sink.url}/elsewhere`, events: ['*'] };
    expect((await call('PUT', `/webhooks/${owned.id}`, change, 'manager')).status).toBe(200);
    sink.caught.length = 0;
    await inTransaction(house.database.database.db, async (tx) => {
      const about = { organizationId: house.organizationId, body: { n: 2 }, profileId: null };
      await house.node.recorder.record(tx, messageCounted, about);
      await house.node.recorder.record(tx, counted, about);
    });
    await eventually(() => expect(sink.caught.length).toBe(2));
    expect(sink.caught.map(({ headers }) => headers['x-multiwa-event'])).toEqual([
      'test.counted',
      'test.counted',
    ]);
  });

  test('keys and webhooks from before events named a permission go on as they did', async () => {
    expect((await createAs('old-key', ['message.*'])).status).toBe(201);
    const { body: owned } = await createAs(house.organizationId, ['message.*']);
    const same = { url: `${sink.url}/hook`, events: ['message.*'], enabled: false };
    expect((await call('PUT', `/webhooks/${owned.id}`, same, 'manager')).status).toBe(200);
    const moved = await call('PUT', `/webhooks/${owned.id}`, { url: `${sink.url}/elsewhere` }, 'manager');
    expect(moved.status).toBe(403);
  });
});
