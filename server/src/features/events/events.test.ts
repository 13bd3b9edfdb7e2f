import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { eventually } from '../../../test/kit/eventually.ts';
import { createHttp } from '../../http/create-http.ts';
import { createIdempotency } from '../../http/idempotency.ts';
import type { Actor } from '../../platform/actor.ts';
import { systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config/config.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { defineEvent, type EventDefinition } from '../../platform/events/define.ts';
import { purgeEventsBefore } from '../../platform/events/events.store.ts';
import {
  counted,
  type EventNode,
  makeOrganization,
  makeProfile,
  startEventNode,
} from '../../platform/events/testing.ts';
import { Failure } from '../../platform/failures.ts';
import type { App, Feature } from '../../platform/feature.ts';
import { newId } from '../../platform/ids.ts';
import { silentLog } from '../../platform/log.ts';
import { permissions } from '../../platform/permissions.ts';
import { createEvents } from './index.ts';

const written = defineEvent({
  name: 'letter.written',
  what: 'A message.',
  permission: 'message:read',
  body: counted.body,
});
const inner = defineEvent({
  name: 'inner.counted',
  what: 'Inner.',
  permission: 'profile:read',
  body: counted.body,
  isPublic: false,
});
const catalogue = [counted, written, inner] as unknown as EventDefinition[];

let house: TestDatabase;
let node: EventNode;
let app: App;
let feature: Feature;
let mine: { organizationId: string; profileId: string };
let theirs: typeof mine;

type Page = {
  events: { event: string; sequence: number; data: { n: number } }[];
  cursor: number;
  hasMore: boolean;
};
async function get(path: string, as = mine.organizationId): Promise<{ status: number; body: Page }> {
  const answer = await app.inject({
    url: `/api/v1${path}`,
    headers: { authorization: `Bearer ${as}`, 'x-response-format': 'raw' },
  });
  return { status: answer.statusCode, body: answer.json() };
}
const numbers = (page: Page) => page.events.map((event) => event.data.n);
const numbered = (position: number) =>
  eventually(async () => expect(await node.log.lastPosition()).toBe(position));

beforeAll(async () => {
  house = await testDatabase();
  const { db } = house.database;
  const place = async () => {
    const organizationId = await makeOrganization(db);
    return { organizationId, profileId: await makeProfile(db, organizationId) };
  };
  [mine, theirs] = [await place(), await place()];
  node = await startEventNode(house.database);
  ({ feature } = createEvents({
    db,
    log: silentLog,
    clock: systemClock,
    eventLog: node.log,
    passing: { tail: () => () => undefined },
    catalogue: () => catalogue,
    config: { eventRetentionDays: 30 },
  }));
  app = await createHttp({
    config: readConfig({}, '/'),
    log: silentLog,
    clock: systemClock,
    db,
    authenticator: {
      async authenticate({ bearer = '' }): Promise<Actor> {
        if (!bearer) throw new Failure('UNAUTHENTICATED');
        const narrow = bearer === 'no-messages';
        const organizationId = narrow ? mine.organizationId : bearer;
        const granted = permissions.filter((one) => !narrow || one !== 'message:read');
        return { kind: 'user', userId: 'x', organizationId, role: 'owner', permissions: new Set(granted) };
      },
    },
    idempotency: createIdempotency({ db, clock: systemClock }),
    features: [feature],
    version: '0.0.0',
    strict: true,
  });
  for (let n = 0; n < 5; n++) await node.count(n % 2 ? mine : { organizationId: mine.organizationId }, n);
  await node.count(theirs, 99);
  await inTransaction(db, async (tx) => {
    await node.recorder.record(tx, written, { ...mine, body: { n: 5 } });
    await node.recorder.record(tx, inner, { ...mine, body: { n: 6 } });
  });
  await numbered(8);
});
afterAll(async () => {
  await app.close();
  await feature.stop?.();
  await node.stop();
  await house.drop();
});

test('leafing from the beginning shows every public event of the organisation once, in order', async () => {
  const seen: number[] = [];
  let cursor = 0;
  for (let more = true; more; ) {
    const { body } = await get(`/events?after=${cursor}&limit=2`);
    seen.push(...numbers(body));
    ({ cursor, hasMore: more } = body);
  }
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  expect(cursor).toBe(8);
  expect((await get(`/events?after=${cursor}`)).body).toEqual({ events: [], cursor: 8, hasMore: false });
  expect((await get('/events?after=now')).body).toEqual({ events: [], cursor: 8, hasMore: false });
});

test('a profile, names and prefixes narrow it; an unknown name is answered with those there are', async () => {
  expect(numbers((await get(`/events?profileId=${mine.profileId}`)).body)).toEqual([1, 3, 5]);
  expect(numbers((await get('/events?event=letter.*')).body)).toEqual([5]);
  expect(numbers((await get('/events?event=test.counted,letter.written')).body)).toEqual([0, 1, 2, 3, 4, 5]);
  const wrong = await get('/events?event=nothing.happened');
  expect([wrong.status, wrong.body]).toMatchObject([
    400,
    { message: expect.stringContaining('letter.written') },
  ]);
});

test('an event has the same shape as in a webhook', async () => {
  const { body } = await get('/events?limit=1');
  expect(Object.keys(body.events[0] ?? {})).toEqual([
    'id',
    'event',
    'sequence',
    'timestamp',
    'profileId',
    'data',
  ]);
});

test('a foreign organisation sees its own events only, and a foreign profile is unknown', async () => {
  expect(numbers((await get('/events', theirs.organizationId)).body)).toEqual([99]);
  expect((await get(`/events?profileId=${mine.profileId}`, theirs.organizationId)).status).toBe(404);
  expect((await get(`/events?profileId=${newId()}`)).status).toBe(404);
  expect((await get('/events?profileId=me')).status).toBe(404);
});

test('who lacks the permission an event names is not shown it, whatever the event is called', async () => {
  expect(numbers((await get('/events', 'no-messages')).body)).toEqual([0, 1, 2, 3, 4]);
});

test('a cursor that is no cursor is 400, one ahead of the log 410', async () => {
  expect((await get('/events?after=x')).status).toBe(400);
  expect((await get('/events?after=1000000')).status).toBe(410);
});

test('a stream goes on behind Last-Event-ID, tells what happens, and ends with the server', async () => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    httpRequest(
      {
        port,
        path: '/api/v1/events',
        headers: {
          accept: 'text/event-stream',
          authorization: `Bearer ${mine.organizationId}`,
          'last-event-id': '3',
        },
      },
      resolve,
    )
      .on('error', reject)
      .end(),
  );
  expect(response.headers['content-type']).toBe('text/event-stream');
  let text = '';
  response.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ids = () => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  await eventually(() => expect(ids()).toEqual([4, 5, 7]));
  await node.count(theirs, 1);
  await node.count(mine, 7);
  await eventually(() => expect(ids()).toEqual([4, 5, 7, 10]));
  const ended = new Promise((resolve) => response.once('close', resolve));
  await app.close();
  await ended;
});

test('old events are forgotten once every reader has them; an older cursor is told so', async () => {
  const { db } = house.database;
  await db.insertInto('event_cursors').values({ reader: 'late', position: 4 }).execute();
  const later = new Date(Date.now() + 1_000);
  expect(await purgeEventsBefore(db, later, AbortSignal.timeout(5_000))).toBe(4);
  await db.updateTable('event_cursors').set({ position: 10 }).where('reader', '=', 'late').execute();
  expect(await purgeEventsBefore(db, new Date(0), AbortSignal.timeout(5_000))).toBe(0);
  await expect(
    node.log.page({ organizationId: mine.organizationId, after: 2, limit: 5 }),
  ).rejects.toMatchObject({ code: 'CURSOR_GONE' });
  const page = await node.log.page({ organizationId: mine.organizationId, after: 4, limit: 1 });
  expect(page.events).toMatchObject([{ position: 5 }]);
});
