import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { insertProfile, whoseProfile } from '../../../../test/profile-rows.ts';
import { later } from '../../../platform/clock.ts';
import { inTransaction } from '../../../platform/db/transaction.ts';
import { createRecorder } from '../../../platform/events/record.ts';
import { createChatStore } from './chats.store.ts';
import { createSpeech } from './speech.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store?.drop());

const begin = new Date('2026-02-05T10:00:00Z');

/** What comes of answers in a chat: each to a message so many milliseconds after the answer before. */
async function answers(chat: string, waitsMs: readonly (number | undefined)[]) {
  const { db } = store.database;
  const whose = await whoseProfile(db, await insertProfile(db));
  const events = createRecorder({ now: () => begin }, () => undefined);
  const speech = createSpeech({ chats: createChatStore(db), events });
  let now = begin;
  const said: (string | undefined)[] = [];
  for (const [n, afterOursMs] of waitsMs.entries()) {
    const heardAt = later(now, afterOursMs ?? 60_000);
    now = later(heardAt, 20);
    const about = {
      text: `Answer ${n}`,
      day: '2026-02-05',
      now,
      heardAt: heardAt.toISOString(),
      afterOursMs,
    };
    said.push(await inTransaction(db, (tx) => speech.mayStay(tx, { ...whose, chat }, about)));
  }
  return said;
}

test('after three rounds quicker than a person types there is silence, whatever is said', async () => {
  const [first, one, two, three, four] = await answers('628120000001@c.us', [
    undefined,
    300,
    1_400,
    20,
    9_000,
  ]);
  expect([first, one, two]).toEqual([undefined, undefined, undefined]);
  expect(three).toBe('Answers came faster than a person can type, three times in a row.');
  expect(four).toBe('Nothing automatic is said in this chat for now.');
});

test('who takes the time to type, or writes before our answer is out, is answered', async () => {
  const typed = await answers('628120000002@c.us', [undefined, 300, 1_600, 300, 300, 2_000, 300, 300]);
  expect(typed).toEqual(typed.map(() => undefined));
  const unknown = await answers('628120000003@c.us', [undefined, 100, undefined, 100, -50, 100]);
  expect(unknown).toEqual(unknown.map(() => undefined));
});
