import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, TestDoor } from '../../../../test/door.ts';
import { passwordCost } from '../password/password-hash.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await TestDoor.open({}, { passwordCost });
});
afterAll(() => door?.close());

const logIn = (email: string, password: string, remoteAddress = '127.0.0.1') =>
  door.ask('POST', '/auth/login', { payload: { email, password }, remoteAddress });

test('a flood of logins is answered or refused politely while other routes answer', async () => {
  const owner = await door.register();
  let isOver = false;
  const flood = Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      logIn(
        index % 10 === 0 ? owner.email : `nobody${index}@example.com`,
        index % 20 === 0 ? goodPassword : 'guess',
        `198.51.${index >> 7}.${index & 127}`,
      ),
    ),
  ).finally(() => {
    isOver = true;
  });
  let health = 0;
  while (!isOver) {
    expect((await door.ask('GET', '/health')).status).toBe(200);
    health++;
    // Answers inside this process need no turn of the event loop; the logins do.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const answers = await flood;
  const counted = Map.groupBy(answers, ({ status }) => status);
  expect([...counted.keys()].filter((status) => ![200, 401, 429].includes(status))).toEqual([]);
  expect(counted.get(401)?.length).toBeGreaterThan(50);
  const refused = counted.get(429) ?? [];
  expect(refused.length).toBeGreaterThan(50);
  for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  // In the time of more than a hundred hashes there is room for many answers that need none.
  expect(health).toBeGreaterThan(20);
  expect((await logIn(owner.email, goodPassword)).status).toBe(200);
}, 60_000);
