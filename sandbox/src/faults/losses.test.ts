import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { PreKeys } from '../accounts/prekeys.ts';
import type { Phones } from '../phone/phones.ts';
import { type OpenStore, openStore } from '../store/sqlite.ts';
import { Faults } from './faults.ts';
import { Losses } from './losses.ts';

let folder: string;
let store: OpenStore;
let phone: Account;
let faults: Faults;
/** Ends the reading of mail of the phones that are going off, the first first. */
let reads: (() => void)[];

/** The losses of a network that is started on this store. */
function start(): void {
  const setOnline = async (account: Account, online: boolean): Promise<void> => {
    if (account.online === online) return;
    if (!online) await new Promise<void>((resolve) => reads.push(resolve));
    account.online = online;
  };
  faults = new Faults({
    struck: () => undefined,
    begun: (fault) => losses.strike(fault),
    cleared: (fault) => losses.end(fault),
  });
  const losses = new Losses({
    ...{ store, faults },
    directory: { find: () => phone, all: () => [phone] } as unknown as Directory,
    preKeys: {} as PreKeys,
    phones: { setOnline } as unknown as Phones,
    log: () => undefined,
  });
  losses.begin();
}

/** Lets all mail be read, and what waits for it happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    for (const read of reads.splice(0)) read();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const remembered = (): unknown => store.get("SELECT value FROM meta WHERE key = 'phones-off-by-fault'");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-losses-'));
  store = openStore(folder);
  phone = { number: '628', online: true } as Account;
  reads = [];
  start();
});
afterEach(() => {
  faults.clearAll();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a phone that is still going off for a second fault when both end is on in the end', async () => {
  const [one, two] = [faults.add({ name: 'phone-offline' }), faults.add({ name: 'phone-offline' })];
  reads.shift()?.();
  await new Promise((resolve) => setImmediate(resolve));
  faults.clear(one.id);
  faults.clear(two.id);
  await settle();
  expect([phone.online, remembered()]).toEqual([true, undefined]);
});

test('a phone that is to be on again is remembered until it is, and a new fault keeps it off', async () => {
  const { id } = faults.add({ name: 'phone-offline' });
  faults.clear(id);
  expect(remembered()).toBeDefined();
  faults.add({ name: 'phone-offline' });
  await settle();
  expect([phone.online, remembered() !== undefined]).toEqual([false, true]);
});
