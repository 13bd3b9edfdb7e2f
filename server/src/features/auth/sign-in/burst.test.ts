import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, TestDoor } from '../../../../test/door.ts';
import { healthDuring } from '../../../../test/health-during.ts';
import { passwordCost as productionCost } from '../password/password-hash.ts';

const logins = 20;

let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open({}, { passwordCost: productionCost });
});
afterAll(() => door?.close());

const logIn = (email: string, password: string, remoteAddress = '127.0.0.1') =>
  door.ask('POST', '/auth/login', { payload: { email, password }, remoteAddress });

test('while many log in at once, routes that need no hash are answered', async () => {
  const owner = await door.register();
  const burst = Promise.all(
    Array.from({ length: logins }, (_, n) =>
      n % 10 === 0
        ? logIn(owner.email, goodPassword, `198.51.100.${n}`)
        : logIn(`nobody${n}@example.com`, 'guess', `198.51.100.${n}`),
    ),
  );
  const { result, answers } = await healthDuring(door, burst);
  const statuses = result.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(2);
  expect(statuses.filter((status) => status === 401)).toHaveLength(logins - 2);
  // A hash that blocked the event loop would let at most one through.
  expect(answers).toBeGreaterThan(logins);
});
