import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANNA, openStage, type Stage, sayMutants, unexpected } from './stanza-rig.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.kit.close());

test('what clients say is known in all its kinds', () => {
  const tags = new Set([...stage.recorded.values()].map(({ tag }) => tag));
  expect([...tags]).toEqual(
    expect.arrayContaining(['message', 'receipt', 'ack', 'iq', 'presence', 'chatstate', 'ib']),
  );
  expect(stage.recorded.size).toBeGreaterThan(40);
});

test('real stanzas that were changed at random harm nobody and break nothing inside', async () => {
  await sayMutants(stage, 8);
});

test('a real client logs in and talks where all that was said in its name', async () => {
  const { anna, victim } = stage;
  await victim.login();
  await victim.say(ANNA, 'it was not me');
  await anna.heard('it was not me');
  expect(unexpected(stage)).toEqual([]);
});
