import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestDoor } from '../../../test/door.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open({ REQUESTS_PER_MINUTE: '1' });
});
afterAll(() => door?.close());

test('health says the real version, at the top and in the envelope, and raw when asked', async () => {
  const { status, body } = await door.ask('GET', '/health');
  expect(status).toBe(200);
  const health = {
    status: 'ok',
    version: '9.8.7',
    service: 'multiwa-gateway-api',
    uptime: expect.any(Number),
  };
  expect(body).toMatchObject({ success: true, ...health, data: health });
  const raw = await door.ask('GET', '/health', { headers: { 'x-response-format': 'raw' } });
  expect(Object.keys(raw.body).sort()).toEqual(['service', 'status', 'timestamp', 'uptime', 'version']);
});

test('probes are never limited', async () => {
  for (let index = 0; index < 5; index++) expect((await door.ask('GET', '/health')).status).toBe(200);
});

test('ready asks the database, and answers 503 in time when it is away', async () => {
  expect((await door.ask('GET', '/health/ready')).body).toMatchObject({
    status: 'ready',
    checks: { database: 'ok', storage: 'ok' },
  });
  const { pool } = door.house.database;
  const held = await Promise.all(Array.from({ length: 8 }, () => pool.connect()));
  const startedMs = performance.now();
  const { status, body } = await door.ask('GET', '/health/ready');
  for (const client of held) client.release();
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  expect(status).toBe(503);
  expect(body).toMatchObject({
    success: false,
    statusCode: 503,
    status: 'degraded',
    checks: { database: 'error' },
    error: { code: 'UNAVAILABLE' },
  });
  expect((await door.ask('GET', '/health/ready')).status).toBe(200);
});

test('without a database every route that needs it answers 503, whoever asks', async () => {
  const lonely = await TestDoor.open();
  const owner = await lonely.register();
  await lonely.house.database.close();
  lonely.clock.advance(2);
  for (const headers of [owner.bearer, { 'x-api-key': 'mwa_unknown' }]) {
    const answer = await lonely.ask('GET', '/accounts', { headers });
    expect(answer).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
  expect((await lonely.ask('GET', '/accounts')).code).toBe('UNAUTHENTICATED');
  expect((await lonely.ask('GET', '/health/ready')).body.checks).toEqual({
    database: 'error',
    storage: 'ok',
  });
  expect((await lonely.ask('GET', '/health')).status).toBe(200);
  await lonely.close();
});
