import { expect, test } from 'vitest';
import { until } from '../../../test/until.ts';
import { phoneChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import { silentLog } from '../../platform/log.ts';
import type { EngineMessageId, IncomingMessage, Listener } from '../port.ts';
import { createInbox } from './inbox.ts';

const chat = phoneChat('628111000001');

function message(id: string): IncomingMessage {
  const content = { type: 'text', text: id };
  const fields = { id: id as EngineMessageId, chat, sender: { phone: chat }, fromMe: false, content };
  return { ...fields, timestamp: new Date(), late: false };
}

/** An inbox whose listener may refuse what it is given. */
function openInbox(refuse: (ids: string[]) => unknown) {
  const deliveries: string[] = [];
  const take = async (ids: string[]) => {
    const error = refuse(ids);
    if (error) throw error;
    deliveries.push(...ids);
  };
  const listener: Listener = {
    linkChanged: () => undefined,
    received: (messages) => take(messages.map(({ id }) => id)),
    receipts: (receipts) => take(receipts.flatMap(({ ids }) => ids)),
    samePerson: () => take(['pair']),
    chatsTold: () => take(['chat']),
    recall: async () => null,
  };
  const inbox = createInbox({ listener, settle: async () => undefined, clock: systemClock, log: silentLog });
  const receipt = (id: string) =>
    inbox.receipt({ chat, ids: [id as EngineMessageId], status: 'read', at: new Date() });
  return { inbox, deliveries, receipt };
}

const refused = (code: string) => Object.assign(new Error('refused'), { code });

test('a receipt whose data are refused is left out at once, and the network may forget it', async () => {
  const { inbox, deliveries, receipt } = openInbox((ids) => ids.includes('bad') && refused('22021'));
  const pending = [receipt('one'), receipt('bad'), inbox.message(message('two'))];
  await Promise.all(pending);
  expect(deliveries).toEqual(['one', 'two']);
  await inbox.close();
});

test('what fails for reasons nobody knows holds up nothing once something else succeeds', async () => {
  const { inbox, deliveries } = openInbox(
    (ids) => ids.some((id) => /bad/.test(id)) && new Error('of our own'),
  );
  const startedAt = performance.now();
  for (let nth = 0; nth < 40; nth++) {
    void inbox.message(message(`bad ${nth}`));
    await inbox.message(message(`good ${nth}`));
  }
  expect(deliveries).toEqual(Array.from({ length: 40 }, (_, nth) => `good ${nth}`));
  expect(performance.now() - startedAt).toBeLessThan(1000);
  await inbox.close();
});

test('while the database is away everything waits in order, however long that takes', async () => {
  let isAway = true;
  let tries = 0;
  const { inbox, deliveries, receipt } = openInbox(() => {
    tries += 1;
    return isAway && refused(tries % 2 === 0 ? 'ECONNREFUSED' : '57P01');
  });
  const pending = ['one', 'two'].map((id) => inbox.message(message(id)));
  await until('more tries than any item has', () => tries > 7);
  pending.push(receipt('three'), inbox.message(message('four')));
  isAway = false;
  await Promise.all(pending);
  expect(deliveries).toEqual(['one', 'two', 'three', 'four']);
  await inbox.close();
});

test('the network is held back while too much waits, and let go when it has been told', async () => {
  let isAway = true;
  const { inbox } = openInbox(() => isAway && refused('57P01'));
  const pending = Array.from({ length: 600 }, (_, nth) => inbox.message(message(`${nth}`)));
  let hasRoom = false;
  const room = inbox.room().then(() => {
    hasRoom = true;
  });
  await new Promise(setImmediate);
  expect(hasRoom).toBe(false);
  isAway = false;
  await Promise.all([...pending, room]);
  await inbox.close();
});

test('a place in the queue is reached when all before it was told, or when nothing more will be', async () => {
  let isAway = true;
  const { inbox, deliveries, receipt } = openInbox(() => isAway && refused('57P01'));
  const reached: string[] = [];
  void receipt('one');
  const [first, told] = [inbox.handedOn(), inbox.message(message('two'))];
  void first.then(() => reached.push(...deliveries));
  await new Promise(setImmediate);
  expect(reached).toEqual([]);
  isAway = false;
  await Promise.all([first, told]);
  expect([reached, deliveries]).toEqual([['one'], ['one', 'two']]);
  isAway = true;
  void receipt('three');
  const last = inbox.handedOn();
  await inbox.close();
  await Promise.all([last, inbox.handedOn()]);
});
