import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { coalesced } from './coalesced.ts';

function deed() {
  const ends: PromiseWithResolvers<void>[] = [];
  const run = coalesced(() => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  });
  const end = async (n: number) => {
    ends[n]?.resolve();
    await turn();
  };
  return { run, end, begun: () => ends.length };
}

test('a deed begins at once and never runs twice at the same time', async () => {
  const { run, end, begun } = deed();
  void run();
  expect(begun()).toBe(1);
  void run();
  await turn();
  expect(begun()).toBe(1);
  await end(0);
  expect(begun()).toBe(2);
  await end(1);
});

test('however often it was asked for while it ran, it runs once more', async () => {
  const { run, end, begun } = deed();
  void run();
  const later = [run(), run(), run()];
  await end(0);
  await end(1);
  await Promise.all(later);
  expect(begun()).toBe(2);
});

test('the promise ends after a run that began after the asking', async () => {
  const { run, end } = deed();
  void run();
  let isDone = false;
  const second = run().then(() => {
    isDone = true;
  });
  await end(0);
  expect(isDone).toBe(false);
  await end(1);
  await second;
});

test('asked for again at the end of a run, it runs again', async () => {
  const { run, end, begun } = deed();
  const again = run().then(() => run());
  await end(0);
  expect(begun()).toBe(2);
  await end(1);
  await again;
});
