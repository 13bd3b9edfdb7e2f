import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../src/platform/ids.ts';
import { goodPassword, type Owner, TestDoor } from './door.ts';

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
});
afterAll(() => door?.close());

const ask = (method: 'GET' | 'POST', path: string, payload?: object, headers: Record<string, string> = {}) =>
  door.ask(method, path, { headers: { ...owner.bearer, ...headers }, ...(payload && { payload }) });

/** How one more comes into each list. */
const lists: Record<string, (n: number) => Promise<unknown>> = {
  '/accounts': (n) => ask('POST', '/accounts', { name: `Account ${n}` }),
  '/api-keys': (n) => ask('POST', '/api-keys', { name: `Key ${n}` }),
  '/workspaces': (n) => ask('POST', '/workspaces', { name: `Workspace ${n}` }),
  '/auth/sessions': () => ask('POST', '/auth/login', { email: owner.email, password: goodPassword }),
  '/organizations/members': async (n) => {
    const at = door.clock.now();
    const dates = { created_at: at, updated_at: at };
    const about = {
      id: newId(),
      organization_id: owner.user.organizationId,
      name: `Member ${n}`,
      role: 'member',
    };
    const { db } = door.house.database;
    await db
      .insertInto('users')
      .values({ ...about, ...dates, email: `${about.id}@example.com`, password_hash: '' })
      .execute();
  },
};
const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id);

test.each(Object.keys(lists))('%s answers a bare array, bounded, and a cursor to go on', async (path) => {
  // All of one moment, so that only their ids order them.
  for (let n = 0; n < 5; n++) await lists[path]?.(n);
  const all = idsOf((await ask('GET', path)).data);
  expect(all.length).toBeGreaterThanOrEqual(5);
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 10; pages++) {
    const { data, body, headers } = await ask('GET', `${path}?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    expect(data.length).toBeLessThanOrEqual(2);
    seen.push(...idsOf(data));
    cursor = headers['x-next-cursor'] as string | undefined;
    expect(body.meta.nextCursor).toBe(cursor);
    if (!cursor) break;
  }
  expect(seen).toEqual(all);
  const raw = await ask('GET', `${path}?limit=1`, undefined, { 'x-response-format': 'raw' });
  expect(idsOf(raw.body)).toEqual(all.slice(0, 1));
  expect(raw.headers['x-next-cursor']).toBeDefined();
  expect(idsOf((await ask('GET', `${path}?limit=2&offset=2`)).data)).toEqual(all.slice(2, 4));
  for (const wrong of ['x', Buffer.from('["now","1"]').toString('base64url'), '%00']) {
    expect((await ask('GET', `${path}?cursor=${wrong}`)).code).toBe('VALIDATION_ERROR');
  }
});
