import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Account, Address, Device } from '../accounts/account.ts';
import { Ledger } from '../ledger/ledger.ts';
import { type OpenStore, openStore } from '../store/sqlite.ts';
import type { Connection } from '../wire/connection.ts';
import { type BinaryNode, node } from '../wire/node.ts';
import { Links } from './links.ts';
import { Mailbox } from './mailbox.ts';

const [ANNA, CARL] = ['628@s.whatsapp.net', '629@s.whatsapp.net'];
let folder: string;
let store: OpenStore;
let links: Links;
let mailbox: Mailbox;
let ben: Address;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-mailbox-'));
  store = openStore(folder);
  links = new Links();
  mailbox = new Mailbox({ store, links, ledger: new Ledger(store), phoneMail: () => undefined });
  const devices = new Map([[1, {} as Device]]);
  ben = { account: { number: '627', devices } as unknown as Account, device: 1 };
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const letter = (id: string, from = ANNA): BinaryNode =>
  node('message', { id, from: from.replace('@', ':3@') });
const waiting = (): (string | undefined)[] =>
  mailbox.pending('627', 1).map(({ stanza }) => `${stanza.attrs.id} of ${stanza.attrs.from}`);

/** Ben's connection, which takes what it is sent when it is told to. */
function connect() {
  const sent: BinaryNode[] = [];
  let take = (): void => undefined;
  const taken = (): Promise<void> =>
    new Promise((resolve) => {
      take = resolve;
    });
  const line = {
    number: '627',
    device: 1,
    active: false,
    caughtUp: false,
    isOpen: true,
    taken,
    send: (each: BinaryNode) => sent.push(each),
  };
  const connection = line as unknown as Connection;
  links.add(connection);
  const ids = (): (string | undefined)[] =>
    sent.flatMap(({ tag, attrs }) => (tag === 'message' ? [attrs.id] : []));
  return { connection, line, ids, sent, take: () => take() };
}

/** Takes what comes, turn by turn. */
async function takeUntil({ take }: ReturnType<typeof connect>, isEnough: () => boolean): Promise<void> {
  while (!isEnough()) {
    take();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a long queue goes out in pages as the client takes them; later mail keeps its place', async () => {
  const ids = Array.from({ length: 250 }, (_, index) => `M${index}`);
  for (const id of ids) mailbox.post(ben, letter(id));
  const line = connect();
  const end = mailbox.flush(line.connection);
  expect(line.ids()).toEqual(ids.slice(0, 100));
  expect([line.connection.active, line.connection.caughtUp]).toEqual([true, false]);
  mailbox.post(ben, letter('LIVE'));
  expect(await mailbox.flush(line.connection)).toBe(false);
  await takeUntil(line, () => line.ids().length > 100);
  expect(line.ids()).toHaveLength(200);
  await takeUntil(line, () => line.connection.caughtUp);
  expect(await end).toBe(true);
  expect(line.ids()).toEqual([...ids, 'LIVE']);
  expect(line.sent.at(-1)?.content).toMatchObject([{ tag: 'offline', attrs: { count: '251' } }]);
  mailbox.post(ben, letter('AFTER'));
  expect(line.ids().at(-1)).toBe('AFTER');
});

test('a device that says twice that it is active is sent its queue once', async () => {
  mailbox.post(ben, letter('ONCE'));
  const line = connect();
  expect(await mailbox.flush(line.connection)).toBe(true);
  expect(await mailbox.flush(line.connection)).toBe(false);
  expect(line.ids()).toEqual(['ONCE']);
});

test('a connection that ends during its queue is sent no more of it and never has its mail live', async () => {
  for (let index = 0; index < 150; index += 1) mailbox.post(ben, letter(`M${index}`));
  const line = connect();
  const end = mailbox.flush(line.connection);
  line.line.isOpen = false;
  let over = false;
  void end.then(() => {
    over = true;
  });
  await takeUntil(line, () => over);
  expect([await end, line.connection.caughtUp, line.ids().length]).toEqual([false, false, 100]);
});

test('a connection that fails during a page is handed no more of it', async () => {
  for (const id of ['FIRST', 'SECOND']) mailbox.post(ben, letter(id));
  const { connection, line, ids, sent } = connect();
  line.send = (each) => {
    line.isOpen = each.tag !== 'message';
    return sent.push(each);
  };
  expect(await mailbox.flush(connection)).toBe(false);
  expect([ids(), line.caughtUp]).toEqual([['FIRST'], false]);
  const delivered = store.all("SELECT message_id FROM ledger WHERE kind = 'delivered'");
  expect(delivered).toEqual([{ message_id: 'FIRST' }]);
});

test('what is never queued goes behind what a device is being sent; one away never gets it', async () => {
  const signal = (id: string): BinaryNode => node('call', { id });
  mailbox.pass(ben, signal('AWAY'));
  for (let index = 0; index < 150; index += 1) mailbox.post(ben, letter(`M${index}`));
  const line = connect();
  const end = mailbox.flush(line.connection);
  mailbox.pass(ben, signal('DURING'));
  await takeUntil(line, () => line.connection.caughtUp);
  expect(await end).toBe(true);
  mailbox.pass(ben, signal('AFTER'));
  expect(line.sent.slice(-4).map(({ tag, attrs }) => attrs.id ?? tag)).toEqual([
    'M149',
    'ib',
    'DURING',
    'AFTER',
  ]);
});

test('of two messages with one id, a receipt or an ack takes out that of the person it names', () => {
  for (const from of [ANNA, CARL, ANNA, CARL]) mailbox.post(ben, letter('SAME', from));
  expect(mailbox.settle('627', 1, node('receipt', { id: 'SAME', to: CARL }))).toBe(true);
  expect(waiting()).toEqual([
    'SAME of 628:3@s.whatsapp.net',
    'SAME of 628:3@s.whatsapp.net',
    'SAME of 629:3@s.whatsapp.net',
  ]);
  mailbox.settle('627', 1, node('ack', { class: 'message', id: 'SAME', to: '629:3@s.whatsapp.net' }));
  expect(mailbox.settle('627', 1, node('receipt', { id: 'SAME', to: CARL }))).toBe(false);
  expect(waiting()).toHaveLength(2);
  mailbox.post(ben, node('message', { id: 'SAME', from: '1@g.us', participant: CARL }));
  expect(mailbox.settle('627', 1, node('receipt', { id: 'SAME', to: '1@g.us', participant: CARL }))).toBe(
    true,
  );
  expect(waiting()).toHaveLength(2);
});
