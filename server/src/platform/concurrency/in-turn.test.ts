import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurns } from './in-turn.ts';

/** Work that says when it begins and ends when it is told to. */
function steps() {
  const log: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const work = (name: string) => async () => {
    log.push(name);
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    return end.promise;
  };
  const end = async (name: string) => {
    ends.get(name)?.resolve(name);
    await turn();
  };
  const fail = async (name: string) => {
    ends.get(name)?.reject(new Error(name));
    await turn();
  };
  return { log, work, end, fail };
}

test('work of one key is done one after the other, in the order it was asked for', async () => {
  const { inTurn } = createTurns();
  const { log, work, end } = steps();
  const all = ['a', 'b', 'c'].map((name) => inTurn('key', work(name)));
  await turn();
  expect(log).toEqual(['a']);
  await end('a');
  expect(log).toEqual(['a', 'b']);
  await end('b');
  await end('c');
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
});

test('another key does not wait', async () => {
  const { inTurn } = createTurns();
  const { log, work, end } = steps();
  const slow = inTurn('one', work('slow'));
  const quick = inTurn('other', work('quick'));
  await turn();
  await end('quick');
  expect(await quick).toBe('quick');
  expect(log).toEqual(['slow', 'quick']);
  await end('slow');
  await slow;
});

test('keys may be things as well as words', async () => {
  const { inTurn, count } = createTurns<object>();
  const [key, otherKey] = [{}, {}];
  const { work, end } = steps();
  const result = inTurn(key, work('a'));
  expect([count(key), count(otherKey)]).toEqual([1, 0]);
  await turn();
  await end('a');
  await result;
  expect(count(key)).toBe(0);
});

test('work that fails fails for whoever asked, and the line goes on', async () => {
  const { inTurn, count } = createTurns();
  const { log, work, end, fail } = steps();
  const failing = inTurn('key', work('a'));
  const refusal = expect(failing).rejects.toThrow('a');
  const next = inTurn('key', work('b'));
  await turn();
  await fail('a');
  await refusal;
  expect(log).toEqual(['a', 'b']);
  await end('b');
  expect(await next).toBe('b');
  expect(count('key')).toBe(0);
});

test('work that throws before it promises anything is no different', async () => {
  const { inTurn } = createTurns();
  const failing = inTurn('key', () => {
    throw new Error('at once');
  });
  const next = inTurn('key', () => 'done');
  await expect(failing).rejects.toThrow('at once');
  expect(await next).toBe('done');
});

test('work begins a moment later, also in an empty line', async () => {
  const { inTurn } = createTurns();
  const log: string[] = [];
  const result = inTurn('key', () => log.push('work'));
  log.push('asked');
  await result;
  expect(log).toEqual(['asked', 'work']);
});

test('what work asks for under its own key is done after it', async () => {
  const { inTurn } = createTurns();
  const log: string[] = [];
  let inner: Promise<unknown> | undefined;
  await inTurn('key', async () => {
    inner = inTurn('key', () => log.push('inner'));
    await turn();
    log.push('outer');
  });
  await inner;
  expect(log).toEqual(['outer', 'inner']);
});

test('one line can wait for what stands in another at that moment', async () => {
  const { inTurn } = createTurns();
  const { log, work, end } = steps();
  void inTurn('from', work('a'));
  void inTurn('to', work('b'));
  const tail = inTurn('from', () => undefined);
  void inTurn('to', () => tail);
  void inTurn('to', work('c'));
  await turn();
  await end('b');
  expect(log).toEqual(['a', 'b']);
  await end('a');
  expect(log).toEqual(['a', 'b', 'c']);
  await end('c');
});

test('work is done in the async context of whoever asked for it', async () => {
  const { inTurn } = createTurns();
  const context = new AsyncLocalStorage<string>();
  const names: (string | undefined)[] = [];
  const ask = (name: string) =>
    context.run(name, () =>
      inTurn('key', async () => {
        names.push(context.getStore());
        await turn();
      }),
    );
  await Promise.all([ask('one'), ask('two'), ask('three')]);
  expect(names).toEqual(['one', 'two', 'three']);
});

test('a line counts what waits and what is being done, and is forgotten when it is empty', async () => {
  const { inTurn, count } = createTurns();
  const { work, end, fail } = steps();
  const failing = inTurn('key', work('a')).catch(() => undefined);
  const last = inTurn('key', work('b'));
  expect(count('key')).toBe(2);
  await turn();
  await fail('a');
  await failing;
  expect(count('key')).toBe(1);
  await end('b');
  await last;
  expect(count('key')).toBe(0);
});

test('idle waits for all lines, also for what is asked for meanwhile', async () => {
  const { inTurn, idle } = createTurns();
  const { work, end } = steps();
  await idle();
  void inTurn('one', async () => {
    await work('a')();
    void inTurn('other', work('b'));
  });
  let isIdle = false;
  const idling = idle().then(() => {
    isIdle = true;
  });
  await turn();
  await end('a');
  expect(isIdle).toBe(false);
  await end('b');
  await idling;
});
