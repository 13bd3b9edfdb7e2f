import { afterEach, expect, test } from 'vitest';
import { goodPassword, TestDoor } from '../../../../test/door.ts';

let door: TestDoor | undefined;
afterEach(() => door?.close());

const registerAt = (at: TestDoor, email: string) =>
  at.ask('POST', '/auth/register', {
    payload: { email, password: goodPassword, name: 'A', organizationName: 'B' },
  });

test('in production the first organisation is the last that registers, also when two try at once', async () => {
  door = await TestDoor.open({ NODE_ENV: 'production' });
  const at = door;
  const answers = await Promise.all(['a@example.com', 'b@example.com'].map((email) => registerAt(at, email)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 403]);
  expect((await registerAt(at, 'c@example.com')).code).toBe('REGISTRATION_CLOSED');
});

test('REGISTRATION=open keeps it open in production, with a limit for each address', async () => {
  door = await TestDoor.open({ NODE_ENV: 'production', REGISTRATION: 'open', REQUESTS_PER_MINUTE: '0' });
  const statuses: number[] = [];
  for (let index = 0; index < 11; index++)
    statuses.push((await registerAt(door, `p${index}@example.com`)).status);
  expect(statuses).toEqual([...Array(10).fill(201), 429]);
});

test('REGISTRATION=closed closes it everywhere', async () => {
  door = await TestDoor.open({ REGISTRATION: 'closed' });
  expect((await registerAt(door, 'a@example.com')).code).toBe('REGISTRATION_CLOSED');
});
