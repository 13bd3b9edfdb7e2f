import Type from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/database.ts';
import { failsWith } from '../http/fails-with.ts';
import { openapiDocument } from '../http/reference.ts';
import { asColleague, asOwner, openDoor } from '../http/testing.ts';
import type { Access } from '../platform/actor.ts';
import { Failure } from '../platform/failures.ts';
import type { App } from '../platform/feature.ts';
import { engineFeature } from './engine-feature.ts';
import type { Engine } from './port.ts';

const Report = Type.Object(
  { messageId: Type.String() },
  { title: 'Report', examples: [{ messageId: 'm1' }] },
);

/** An engine whose network reports by HTTP. */
function reporting(access?: Access): Pick<Engine, 'name' | 'routes'> & { messageIds: string[] } {
  const messageIds: string[] = [];
  return {
    name: 'sandbox',
    messageIds,
    routes(app) {
      app.post(
        '/reports',
        {
          config: access ? { access } : {},
          schema: {
            summary: 'Take a report of the network',
            body: Report,
            response: { 200: Type.Object({ taken: Type.Boolean() }), ...failsWith('PROFILE_NOT_FOUND') },
          },
        },
        async (request) => {
          if (request.body.messageId === 'of nobody') throw new Failure('PROFILE_NOT_FOUND');
          messageIds.push(request.body.messageId);
          return { taken: true };
        },
      );
    },
  };
}

let house: TestDatabase;
const open: App[] = [];
beforeAll(async () => {
  house = await testDatabase();
});
afterAll(async () => {
  await Promise.all(open.map((app) => app.close()));
  await house?.drop();
});

async function doorWith(engine: Pick<Engine, 'name' | 'routes'>): Promise<App> {
  const app = await openDoor(house, [engineFeature(engine)]);
  open.push(app);
  return app;
}
const url = '/api/v1/engines/sandbox/reports';

test('a route of an engine answers under its name, as every other route does', async () => {
  const engine = reporting('public');
  const app = await doorWith(engine);
  const taken = await app.inject({ method: 'POST', url, payload: { messageId: 'm1' } });
  expect([taken.statusCode, taken.json()]).toMatchObject([200, { success: true, data: { taken: true } }]);
  expect(engine.messageIds).toEqual(['m1']);
  const wrong = await app.inject({ method: 'POST', url, payload: {} });
  expect([wrong.statusCode, wrong.json().error.code]).toEqual([400, 'VALIDATION_ERROR']);
  const failed = await app.inject({ method: 'POST', url, payload: { messageId: 'of nobody' } });
  expect([failed.statusCode, failed.json().error.code]).toEqual([404, 'PROFILE_NOT_FOUND']);
});

test('the access that a route of an engine declares is kept', async () => {
  const app = await doorWith(reporting('profile:read'));
  const status = async (headers: Record<string, string>) =>
    (await app.inject({ method: 'POST', url, payload: { messageId: 'm1' }, headers })).statusCode;
  expect([await status({}), await status(asColleague), await status(asOwner)]).toEqual([401, 403, 200]);
});

test('a route of an engine stands in the API description, with its access', async () => {
  const { paths } = await openapiDocument(await doorWith(reporting('profile:read')));
  expect(paths).toMatchObject({
    [url]: {
      post: {
        summary: 'Take a report of the network',
        'x-access': 'profile:read',
        security: [{ bearer: [] }, { 'api-key': [] }],
        requestBody: { content: { 'application/json': { example: { messageId: 'm1' } } } },
        responses: { 200: {}, 401: {}, 403: {}, 404: {} },
      },
    },
  });
});

test('an engine whose route declares no access refuses the start with a sentence', async () => {
  await expect(doorWith(reporting())).rejects.toThrow(`POST ${url} declares no access`);
});
