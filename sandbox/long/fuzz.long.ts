import { expect, onTestFinished, test } from 'vitest';
import { openApi, spoilBodies } from '../test/http-rig.ts';
import { openStage, sayMutants } from '../test/stanza-rig.ts';

test('a third of all nasty values at every place of every body is answered in words', async () => {
  const api = await openApi();
  onTestFinished(() => api.kit.close());
  const codes = await spoilBodies(api, 0.35);
  expect(codes.length).toBeGreaterThan(5000);
  expect(codes.filter((code) => code >= 400).length).toBeGreaterThan(2500);
  expect(api.kit.problems).toEqual([]);
});

test('25 mutants of every kind of stanza harm nobody and break nothing inside', async () => {
  const stage = await openStage();
  onTestFinished(() => stage.kit.close());
  await sayMutants(stage, 25);
});
