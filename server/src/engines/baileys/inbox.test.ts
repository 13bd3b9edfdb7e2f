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
  const told = { id: id as EngineMessageId, chat, sender: { phone: chat }, fromMe: false, content };
  return { ...told, timestamp: new Date(), late: false };
}

/** An inbox whose listener may refuse what it hears. */
function openInbox(refuse: (ids: string[]) => unknown) {
  const heard: string[] = [];
  const hear = async (ids: string[]) => {
    const error = refuse(ids);
    if (error) throw error;
    heard.push(...ids);
  };
  const listener: Listener = {
    linkChanged: () => undefined,
    received: (messages) => hear(messages.map(({ id }) => id)),
    receipts: (receipts) => hear(receipts.flatMap(({ ids }) => ids)),
    samePerson: () => hear(['pair']),
    chatsTold: () => hear(['chat']),
    recall: async () => null,
  };
  const inbox = createInbox({ listener, settle: async () => undefined, clock: systemClock, log: silentLog });
  const receipt = (id: string) =>
    inbox.receipt({ chat, ids: [id as EngineMessageId], status: 'read', at: new Date() });
  return { inbox, heard, receipt };
}

const refused = (code: string) => Object.assign(new Error('refused'), { code });

test('a receipt whose data are refused is left out at once, and the network may forget it', async () => {
  const { inbox, heard, receipt } = openInbox((ids) => ids.includes('bad') && refused('22021'));
  const all = [receipt('one'), receipt('bad'), inbox.message(message('two'))];
  await Promise.all(all);
  expect(heard).toEqual(['one', 'two']);
  await inbox.close();
});

test('what fails for reasons nobody knows holds up nothing once something else succeeds', async () => {
  const { inbox, heard } = openInbox((ids) => ids.some((id) => /bad/.test(id)) && new Error('of our own'));
  const begun = performance.now();
  for (let nth = 0; nth < 40; nth++) {
    void inbox.message(message(`bad ${nth}`));
    await inbox.message(message(`good ${nth}`));
  }
  expect(heard).toEqual(Array.from({ length: 40 }, (_, nth) => `good ${nth}`));
  expect(performance.now() - begun).toBeLessThan(1000);
  await inbox.close();
});

test('while the database is away everything waits in order, however long that takes', async () => {
  let isAway = true;
  let tries = 0;
  const { inbox, heard, receipt } = openInbox(() => {
    tries += 1;
    return isAway && refused(tries % 2 === 0 ? 'ECONNREFUSED' : '57P01');
  });
  const all = ['one', 'two'].map((id) => inbox.message(message(id)));
  await until('more tries than any item has', () => tries > 7);
  all.push(receipt('three'), inbox.message(message('four')));
  isAway = false;
  await Promise.all(all);
  expect(heard).toEqual(['one', 'two', 'three', 'four']);
  await inbox.close();
});

test('the network is held back while too much waits, and let go when it has been told', async () => {
  let isAway = true;
  const { inbox } = openInbox(() => isAway && refused('57P01'));
  const all = Array.from({ length: 600 }, (_, nth) => inbox.message(message(`${nth}`)));
  let hasRoom = false;
  const room = inbox.room().then(() => {
    hasRoom = true;
  });
  await new Promise(setImmediate);
  expect(hasRoom).toBe(false);
  isAway = false;
  await Promise.all([...all, room]);
  await inbox.close();
});
