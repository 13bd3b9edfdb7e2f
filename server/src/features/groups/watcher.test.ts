import { expect, test, vi } from 'vitest';
import type { GroupInfo, GroupNews } from '../../engines/port.ts';
import { storedChat } from '../../platform/chat-id.ts';
import { silentLog } from '../../platform/log.ts';
import type { Live } from '../profiles/index.ts';
import type { Keeper } from './keeper.ts';
import { createWatcher } from './watcher.ts';

const chatOf = (n: number) => storedChat(`12036300000000${n}@g.us`);

/** Counts what WhatsApp is asked; nothing is stored. */
function counted() {
  const asked = { all: 0, looks: [] as string[] };
  const end = new AbortController();
  const groups = {
    async all() {
      asked.all += 1;
      return { count: 0, read: (): GroupInfo[] => [] };
    },
    async look(chat: string) {
      asked.looks.push(chat);
      return undefined;
    },
  };
  const live = { profileId: 'p', generation: 1, ended: end.signal, session: { groups } } as unknown as Live;
  const keeper = {
    isFirst: async () => false,
    piece: async () => true,
    end: async () => true,
    looked: async () => undefined,
  } as unknown as Keeper;
  return { asked, live, end, watcher: createWatcher({ keeper, log: silentLog }) };
}
const unclear = (n: number): GroupNews => ({ chat: chatOf(n), at: new Date(), change: { is: 'unclear' } });

test('however often a group is told of, it is looked at once in ten seconds', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { asked, live, end, watcher } = counted();
  for (let n = 0; n < 1_000; n++) {
    watcher.told(live, [unclear(1)]);
    watcher.look(live, [chatOf(1)]);
    if (n % 100 === 0) await vi.waitFor(() => expect(asked.looks.length).toBeGreaterThan(0));
  }
  expect(asked.looks.length).toBeLessThanOrEqual(1);
  end.abort();
  vi.useRealTimers();
});

test('when many groups are unclear, all are asked for by one question', async () => {
  const { asked, live, end, watcher } = counted();
  watcher.look(
    live,
    Array.from({ length: 500 }, (_, n) => chatOf(n)),
  );
  await vi.waitFor(() => expect(asked.all).toBe(1));
  expect(asked.looks).toEqual([]);
  end.abort();
});
