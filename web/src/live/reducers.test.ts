import type { GatewayEvent } from '@multiwa/sdk';
import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { apply, defineLive } from './reducers.ts';

const event = (name: string, sequence: number) =>
  ({ id: `e${sequence}`, event: name, sequence, timestamp: '', profileId: null, data: {} }) as GatewayEvent;

test('events reach the parts in their order, by name and then those that hear all', () => {
  const heard: string[] = [];
  const named = defineLive({
    'connection.update': ({ sequence }) => heard.push(`named ${sequence}`),
  });
  const all = defineLive({ '*': ({ event: name, sequence }) => heard.push(`all ${name} ${sequence}`) });
  const events = [event('connection.update', 1), event('message.received', 2)];
  apply(events, [named, all], new QueryClient(), () => heard.push('failed'));
  expect(heard).toEqual(['named 1', 'all connection.update 1', 'all message.received 2']);
});

test('a part that fails is told of and stops no other', () => {
  const failures: unknown[] = [];
  const cache = new QueryClient();
  const broken = defineLive({
    'message.received': () => {
      throw new Error('broken');
    },
  });
  const sound = defineLive({ 'message.received': (_, into) => into.setQueryData(['seen'], true) });
  apply([event('message.received', 1)], [broken, sound], cache, (error) => failures.push(error));
  expect(failures).toEqual([new Error('broken')]);
  expect(cache.getQueryData(['seen'])).toBe(true);
});
