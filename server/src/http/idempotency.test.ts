import Type from 'typebox';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { Failure } from '../platform/failures.ts';
import type { App, Feature } from '../platform/feature.ts';
import { newId } from '../platform/ids.ts';
import { createIdempotency, type Idempotency } from './idempotency.ts';
import {
  asColleague,
  asKey,
  asOwner,
  asStranger,
  openDoor,
  organizationId,
  otherOrganizationId,
} from './testing.ts';

let house: TestDatabase;
let app: App;
let idempotency: Idempotency;
let nowMs = Date.now();
const clock = { now: () => new Date(nowMs) };
let gate = Promise.withResolvers<void>();
let arrived = Promise.withResolvers<void>();
let broken = false;

const Body = Type.Object({ name: Type.String() }, { examples: [{ name: 'a' }] });
const Answer = Type.Object({ id: Type.String(), name: Type.String() });

/** The effect is a workspace: one row each time it really happens. */
const effects: Feature = {
  name: 'effects',
  routes(api) {
    const schema = { tags: ['Effects'], body: Body, response: { 201: Answer } };
    const effect = async (organization: string, name: string, on = house.database.db) => {
      const id = newId();
      const dates = { created_at: clock.now(), updated_at: clock.now() };
      await on
        .insertInto('workspaces')
        .values({ id, organization_id: organization, name, slug: id, ...dates })
        .execute();
      if (name === 'slow') {
        arrived.resolve();
        await gate.promise;
      }
      if (broken) throw new Failure('UNAVAILABLE');
      return { name, id, hidden: 'x' };
    };
    api.post(
      '/around',
      { config: { access: 'message:send', idempotent: true }, schema },
      async (request, reply) =>
        reply.code(201).send(await effect(request.actor.organizationId, request.body.name)),
    );
    api.post(
      '/inside',
      { config: { access: 'message:send', idempotent: 'in-transaction' }, schema },
      async (request, reply) => {
        const answer = await idempotency.once(request.idempotency, 201, (tx) =>
          effect(request.actor.organizationId, request.body.name, tx),
        );
        return reply.code(201).send(answer);
      },
    );
  },
};

beforeAll(async () => {
  house = await testDatabase();
  const { db } = house.database;
  for (const id of [organizationId, otherOrganizationId]) {
    const dates = { created_at: clock.now(), updated_at: clock.now() };
    await db
      .insertInto('organizations')
      .values({ id, name: id, slug: id, ...dates })
      .execute();
  }
  idempotency = createIdempotency({ db, clock });
  app = await openDoor(house, [effects], { idempotency, clock });
});
afterAll(async () => {
  await app?.close();
  await house?.drop();
});
beforeEach(async () => {
  gate = Promise.withResolvers();
  arrived = Promise.withResolvers();
  broken = false;
  await house.database.pool.query('delete from workspaces; delete from idempotency_keys');
});

const effectCount = async () =>
  (await house.database.pool.query('select count(*) from workspaces')).rows[0].count;

describe.each(['/around', '/inside'])('a key on %s', (path) => {
  const post = (key: string, name = 'a', headers: Record<string, string> = asOwner) =>
    app.inject({
      method: 'POST',
      url: `/api/v1${path}`,
      payload: { name },
      headers: { ...headers, 'idempotency-key': key },
    });

  test('gives a repeated request the same answer, byte for byte, and no second effect', async () => {
    const first = await post('k');
    const second = await post('k');
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(JSON.stringify(second.json().data)).toBe(JSON.stringify(first.json().data));
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(await effectCount()).toBe(1);
  });

  test('is refused with another body, and is unrelated in another organisation', async () => {
    await post('k');
    expect((await post('k', 'b')).json().error.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await post('k', 'b', asStranger)).statusCode).toBe(201);
    expect(await effectCount()).toBe(2);
  });

  test('while the first request runs is answered 409', async () => {
    const first = post('k', 'slow');
    await arrived.promise;
    const during = await post('k', 'slow');
    expect(during.json().error.code).toBe('IDEMPOTENCY_IN_PROGRESS');
    gate.resolve();
    expect((await first).statusCode).toBe(201);
    expect((await post('k', 'slow')).headers['idempotent-replayed']).toBe('true');
  });

  test('of fifty at once lets one through', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('k')));
    expect(await effectCount()).toBe(1);
    for (const { statusCode } of answers) expect([201, 409]).toContain(statusCode);
  });

  test('is free again after a failure', async () => {
    broken = true;
    expect((await post('k')).statusCode).toBe(503);
    broken = false;
    expect((await post('k')).statusCode).toBe(201);
  });

  test('is forgotten after a day, and purging removes it', async () => {
    await post('k');
    nowMs += 24 * 3_600_000;
    expect((await post('k')).headers['idempotent-replayed']).toBeUndefined();
    nowMs += 24 * 3_600_000;
    expect(await idempotency.purge()).toBe(1);
  });

  test.each([
    ['', 'is empty'],
    ['ü', 'U+00FC at 1'],
    ['a\tb', 'U+0009 at 2'],
    ['x'.repeat(256), 'has 256 characters'],
  ])('that is %j is refused, and why is said: %s', async (key, why) => {
    const { code, details } = (await post(key)).json().error;
    expect([code, details[0].path]).toEqual(['VALIDATION_ERROR', 'Idempotency-Key']);
    expect(details[0].problem).toContain(why);
  });

  test.each(['order 17', '~ !"#$%&(){}', 'x'.repeat(255)])('that is %j is taken', async (key) => {
    expect((await post(key)).statusCode).toBe(201);
    expect((await post(key)).headers['idempotent-replayed']).toBe('true');
  });

  test('is its caller’s own: neither a colleague nor an API key is answered with it', async () => {
    const answers = [];
    for (const headers of [asOwner, asColleague, asKey]) answers.push(await post('k', 'a', headers));
    for (const { statusCode, headers } of answers) {
      expect([statusCode, headers['idempotent-replayed']]).toEqual([201, undefined]);
    }
    expect((await post('k', 'b', asColleague)).json().error.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await post('k', 'a', asKey)).json().data).toEqual(answers[2]?.json().data);
    expect(await effectCount()).toBe(3);
  });

  test('that was answered before callers were told apart answers the same request, and no other', async () => {
    const first = await post('k');
    await house.database.pool.query(`update idempotency_keys set caller = ''`);
    const again = await post('k');
    expect([again.headers['idempotent-replayed'], again.json().data]).toEqual(['true', first.json().data]);
    expect((await post('k', 'b', asColleague)).statusCode).toBe(201);
  });
});

test('a claim whose request died is taken over after a minute by the same request only', async () => {
  const payload = { name: 'a' };
  const headers = { ...asOwner, 'idempotency-key': 'k' };
  const post = (body = payload) =>
    app.inject({ method: 'POST', url: '/api/v1/around', payload: body, headers });
  await post();
  await house.database.pool.query('update idempotency_keys set status_code = null, body = null');
  expect((await post()).json().error.code).toBe('IDEMPOTENCY_IN_PROGRESS');
  nowMs += 60_000;
  expect((await post({ name: 'b' })).json().error.code).toBe('IDEMPOTENCY_KEY_REUSED');
  expect((await post()).statusCode).toBe(201);
});
