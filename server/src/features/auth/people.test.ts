import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodPassword, type Owner, TestDoor } from '../../../test/door.ts';
import { quickPasswords } from '../../../test/password-cost.ts';
import { Failure } from '../../platform/failures.ts';
import { createAttempts } from './attempts.ts';
import { createHashing } from './password/hashing.ts';
import { createPeople, type PeopleDeps } from './people.ts';
import { createUserStore } from './users.store.ts';

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
});
afterAll(() => door?.close());

test('a password check that is refused in a flood uses up no try, and wrong passwords do', async () => {
  const { db } = door.house.database;
  const hashing = createHashing(quickPasswords);
  let isFull = true;
  const people = createPeople({
    store: createUserStore(db),
    attempts: createAttempts({ db, clock: door.clock }),
    hashing: {
      ...hashing,
      matches: (...args) => (isFull ? Promise.reject(new Failure('RATE_LIMITED')) : hashing.matches(...args)),
    },
  } as PeopleDeps);
  const actor = { userId: owner.user.id, sessionId: 'a session' } as Parameters<typeof people.confirm>[0];
  for (let index = 0; index < 12; index++) {
    const { message } = (await people
      .confirm(actor, goodPassword)
      .catch((error: Failure) => error)) as Failure;
    expect(message).not.toMatch(/Too many attempts/);
  }
  isFull = false;
  await expect(people.confirm(actor, 'guess')).rejects.toMatchObject({ code: 'PASSWORD_INCORRECT' });
  const { attempts } = await db
    .selectFrom('attempt_counters')
    .select('attempts')
    .where('key', '=', `confirm:${owner.user.id} a session`)
    .executeTakeFirstOrThrow();
  expect(attempts).toBe(1);
  await people.confirm(actor, goodPassword);
});
