import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { batched } from './batched.ts';

/** Writes that are seen as they begin and end when they are told to. */
function writes() {
  const batches: string[][] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const write = async (items: string[]) => {
    batches.push(items);
    const end = Promise.withResolvers<void>();
    ends.push(end);
    await end.promise;
    return items.map((item) => item.toUpperCase());
  };
  const end = async (n: number) => {
    ends[n]?.resolve();
    await turn();
  };
  const fail = async (n: number) => {
    ends[n]?.reject(new Error(`write ${n}`));
    await turn();
  };
  return { batches, write, end, fail };
}

test('what comes while a write is under way goes together in the next one, in order', async () => {
  const { batches, write, end } = writes();
  const add = batched<string, string>(write);
  const all = ['a', 'b', 'c'].map(add);
  expect(batches).toEqual([['a']]);
  await end(0);
  expect(batches).toEqual([['a'], ['b', 'c']]);
  await end(1);
  expect(await Promise.all(all)).toEqual(['A', 'B', 'C']);
});

test('each promise ends with its own write, not with the next one', async () => {
  const { batches, write, end } = writes();
  const add = batched<string, string>(write);
  const first = add('a');
  void add('b');
  await end(0);
  expect(await first).toBe('A');
  expect(batches).toHaveLength(2);
  await end(1);
});

test('a batch has no more than max, and the rest goes into the ones after it', async () => {
  const { batches, write, end } = writes();
  const add = batched<string, string>(write, { max: 2, aTurnLater: true });
  const all = ['a', 'b', 'c', 'd', 'e'].map(add);
  await turn();
  for (const n of [0, 1, 2]) await end(n);
  expect(batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect(await Promise.all(all)).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('a write that fails fails for its own items; those before and after it are written', async () => {
  const { batches, write, end, fail } = writes();
  const add = batched<string, string>(write, { max: 2 });
  const all = ['a', 'b', 'c', 'd'].map(add);
  const settled = Promise.allSettled(all);
  await end(0);
  await fail(1);
  await end(2);
  expect(batches).toEqual([['a'], ['b', 'c'], ['d']]);
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  await expect(all[1]).rejects.toThrow('write 1');
});

test('a write that throws before it promises anything fails like any other', async () => {
  let isBroken = true;
  const add = batched<string>((items) => {
    if (isBroken) throw new Error(`no ${items}`);
    return Promise.resolve();
  });
  await expect(add('a')).rejects.toThrow('no a');
  isBroken = false;
  expect(await add('b')).toBeUndefined();
});

test('two batches at once when two may be, and never three', async () => {
  const { batches, write, end } = writes();
  const add = batched<string, string>(write, { max: 1, atOnce: 2 });
  const all = ['a', 'b', 'c', 'd'].map(add);
  expect(batches).toEqual([['a'], ['b']]);
  await end(1);
  expect(batches).toEqual([['a'], ['b'], ['c']]);
  await end(2);
  await end(0);
  expect(batches).toEqual([['a'], ['b'], ['c'], ['d']]);
  await end(3);
  expect(await Promise.all(all)).toEqual(['A', 'B', 'C', 'D']);
});

test('of two batches at once one fails alone', async () => {
  const { write, end, fail } = writes();
  const add = batched<string, string>(write, { max: 1, atOnce: 2 });
  const [a, b] = [add('a'), add('b')];
  const failed = expect(a).rejects.toThrow('write 0');
  await fail(0);
  await failed;
  await end(1);
  expect(await b).toBe('B');
});

test('a turn later, what is asked for in one turn goes together', async () => {
  const { batches, write, end } = writes();
  const add = batched<string, string>(write, { aTurnLater: true, atOnce: 2 });
  const all = [add('a'), add('b')];
  await Promise.resolve();
  const late = add('c');
  expect(batches).toEqual([]);
  await turn();
  expect(batches).toEqual([['a', 'b', 'c']]);
  const next = add('d');
  await turn();
  expect(batches).toEqual([['a', 'b', 'c'], ['d']]);
  await end(0);
  await end(1);
  expect(await Promise.all([...all, late, next])).toEqual(['A', 'B', 'C', 'D']);
});

test('a write may ask for another: it goes into the next batch', async () => {
  const batches: number[][] = [];
  let inner: Promise<void> | undefined;
  const add = batched<number>(async (items) => {
    batches.push(items);
    if (items[0] === 1) inner = add(2);
    await turn();
  });
  await add(1);
  await inner;
  expect(batches).toEqual([[1], [2]]);
});

test('whoever asks again at once when told of the end is not left waiting', async () => {
  const { batches, write, end } = writes();
  const add = batched<string, string>(write);
  const again = add('a').then(() => add('b'));
  await end(0);
  expect(batches).toEqual([['a'], ['b']]);
  await end(1);
  expect(await again).toBe('B');
});

test('after a pause it begins anew', async () => {
  const { batches, write, end } = writes();
  const add = batched<string, string>(write);
  const first = add('a');
  await end(0);
  await first;
  await turn();
  const second = add('b');
  await end(1);
  expect(await second).toBe('B');
  expect(batches).toEqual([['a'], ['b']]);
});
