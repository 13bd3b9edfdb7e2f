import { randomBytes } from 'node:crypto';
import { proto } from 'baileys';
import { type Account, type Address, lidJid, pnJid } from '../accounts/account.ts';
import { deviceHash } from '../accounts/device-hash.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { Store } from '../store/sqlite.ts';
import { type BinaryNode, node, nowSeconds, SERVER } from '../wire/node.ts';
import type { Mailbox } from './mailbox.ts';

const KEY_INDEX_LIST_PREFIX = Buffer.from([6, 2]);

/** An id no other stanza of this network has. */
export const stanzaId = (): string => randomBytes(8).toString('hex').toUpperCase();

/** The phone's signed list of the companions that are valid now. */
export function keyIndexList(account: Account): BinaryNode {
  const timestamp = Math.floor(account.devicesChangedAt / 1000);
  const details = proto.ADVKeyIndexList.encode({
    rawId: account.keys.rawId,
    timestamp,
    currentIndex: account.nextDevice - 1,
    validIndexes: [0, ...[...account.devices.values()].map((device) => device.keyIndex)],
  }).finish();
  const accountSignature = account.keys.identity.sign(Buffer.concat([KEY_INDEX_LIST_PREFIX, details]));
  const signed = proto.ADVSignedKeyIndexList.encode({ details, accountSignature }).finish();
  return node('key-index-list', { ts: timestamp }, signed);
}

interface NotificationsDeps {
  readonly store: Store;
  readonly mailbox: Mailbox;
  readonly directory: Directory;
}

/** News the network itself tells devices. */
export class Notifications extends Part<NotificationsDeps> {
  readonly #watching = new Set<string>();

  /** Remembers that a device asked for an account's device list or keys, so that it hears of changes. */
  watch(account: Account, watcher: Address): void {
    if (watcher.account === account) return;
    const key = `${account.number} ${watcher.account.number} ${watcher.device}`;
    if (this.#watching.has(key)) return;
    this.#watching.add(key);
    const sql = 'INSERT OR IGNORE INTO watchers (number, watcher, device) VALUES (?, ?, ?)';
    this.deps.store.run(sql, account.number, watcher.account.number, watcher.device);
  }

  /** Tells the account's other companions and everybody who watches it that a companion came or went. */
  devicesChanged(account: Account, change: 'add' | 'remove', device: number, keyIndex: number): void {
    const listed = [pnJid(account, device), lidJid(account, device)];
    const content = [
      ...listed.map((jid) => node('device', { jid, 'key-index': keyIndex })),
      keyIndexList(account),
    ];
    const attributes = { type: 'devices', from: pnJid(account), lid: lidJid(account), t: nowSeconds() };
    const news = node(change, { device_hash: deviceHash(account) }, content);
    for (const address of this.#audience(account, device)) {
      this.deps.mailbox.post(address, node('notification', { ...attributes, id: stanzaId() }, [news]));
    }
  }

  /** Tells one device to forget what it believes of an account's devices, and to ask again. */
  devicesUnknown(account: Account, watcher: Address): void {
    const numbers = [0, ...account.devices.keys()];
    const devices = numbers.flatMap((device) => [pnJid(account, device), lidJid(account, device)]);
    const content = devices.map((jid) => node('device', { jid }));
    const names = { from: pnJid(account), lid: lidJid(account) };
    const attributes = { type: 'devices', ...names, id: stanzaId(), t: nowSeconds() };
    this.deps.mailbox.post(watcher, node('notification', attributes, [node('update', {}, content)]));
  }

  /** Tells everybody who watches the account that its phone has another identity key. */
  identityChanged(account: Account): void {
    const attributes = { type: 'encrypt', from: pnJid(account), lid: lidJid(account), t: nowSeconds() };
    for (const address of this.#audience(account, 0)) {
      this.deps.mailbox.post(
        address,
        node('notification', { ...attributes, id: stanzaId() }, [node('identity')]),
      );
    }
  }

  /**
   * Tells the account's other companions that a collection of its app state has a newer version. One that has not been
   * given the key yet is not told: it can't read it, and reads everything when it has.
   */
  appStateChanged(account: Account, by: number, collections: { name: string; version: number }[]): void {
    for (const device of account.devices.keys()) {
      if (device === by || !this.#hasKey(account, device)) continue;
      const attributes = { type: 'server_sync', from: SERVER, id: stanzaId(), t: nowSeconds() };
      const content = collections.map((each) =>
        node('collection', { name: each.name, version: each.version }),
      );
      this.deps.mailbox.post({ account, device }, node('notification', attributes, content));
    }
  }

  /** Tells the account's other companions of a change to the account itself. */
  accountChanged(account: Account, by: number, change: BinaryNode): void {
    for (const device of account.devices.keys()) {
      if (device === by) continue;
      const attributes = { type: 'account_sync', from: pnJid(account), id: stanzaId(), t: nowSeconds() };
      this.deps.mailbox.post({ account, device }, node('notification', attributes, [change]));
    }
  }

  /** Tells all companions of these people news about a person, or anything else named by `from`. */
  tell(people: Account[], type: string, from: string, news: BinaryNode, but?: Address): void {
    for (const account of people) {
      for (const device of account.devices.keys()) {
        if (account === but?.account && device === but.device) continue;
        const attributes = { type, from, id: stanzaId(), t: nowSeconds() };
        this.deps.mailbox.post({ account, device }, node('notification', attributes, [news]));
      }
    }
  }

  /** Asks a companion for more one-time keys. */
  preKeysLow(address: Address, value: number): void {
    const attributes = { type: 'encrypt', from: SERVER, id: stanzaId(), t: nowSeconds() };
    this.deps.mailbox.post(address, node('notification', attributes, [node('count', { value })]));
  }

  /** Gives a companion the token that lets it write to the sender. */
  privacyToken(sender: Address, to: Address, tokens: BinaryNode): void {
    const from = pnJid(sender.account);
    const id = stanzaId();
    const attributes = {
      type: 'privacy_token',
      from,
      sender_lid: lidJid(sender.account),
      id,
      t: nowSeconds(),
    };
    this.deps.mailbox.post(to, node('notification', attributes, [tokens]));
  }

  #hasKey(account: Account, device: number): boolean {
    if (account.devices.get(device)?.broughtUp) return true;
    const sql = 'SELECT 1 FROM history_sync WHERE number = ? AND device = ?';
    return this.deps.store.get(sql, account.number, device) !== undefined;
  }

  #audience(account: Account, changed: number): Address[] {
    const own = [...account.devices.keys()]
      .filter((device) => device !== changed)
      .map((device) => ({ account, device }));
    const sql = 'SELECT watcher, device FROM watchers WHERE number = ?';
    const others = this.deps.store
      .all<{ watcher: string; device: number }>(sql, account.number)
      .flatMap((row) => {
        const watcher = this.deps.directory.find(row.watcher);
        return watcher?.devices.has(row.device) ? [{ account: watcher, device: row.device }] : [];
      });
    return [...own, ...others];
  }
}
