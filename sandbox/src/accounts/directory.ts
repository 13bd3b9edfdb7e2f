import { createHash } from 'node:crypto';
import { jidDecode } from 'baileys';
import { deriveSeed, identityFromSeed } from '../keys.ts';
import type { Store } from '../store/sqlite.ts';
import type { Account, Address, Device, PhoneKeys, SignedPreKey } from './account.ts';
import { otherForm } from './number.ts';

interface AccountRow {
  number: string;
  name: string;
  online: number;
  next_device: number;
}

interface LifeRow {
  number: string;
  generation: number;
  devices_changed_at: number;
}

interface DeviceRow {
  number: string;
  device: number;
  noise_public: Uint8Array;
  identity: Uint8Array;
  registration_id: number;
  skey_id: number;
  skey_public: Uint8Array;
  skey_signature: Uint8Array;
  key_index: number;
  platform: string;
  brought_up: number;
  paired_at: number;
}

const SIGNED_PREKEY_ID = 1;

/** The LID of a number: 15 digits, always the same for the same master seed. */
function lidOf(master: Uint8Array, number: string): string {
  const hash = createHash('sha256').update(master).update(number).digest();
  return `1${(hash.readBigUInt64BE(0) % 10n ** 14n).toString().padStart(14, '0')}`;
}

/** The keys of a phone; `generation` counts how often the person has installed it anew. */
function phoneKeys(master: Uint8Array, number: string, generation: number): PhoneKeys {
  const owner = generation === 0 ? number : `${number} installed ${generation}`;
  const identity = identityFromSeed(deriveSeed(master, `identity ${owner}`));
  const signed = identityFromSeed(deriveSeed(master, `signed prekey ${owner}`));
  const chance = deriveSeed(master, `ids ${owner}`);
  return {
    identity,
    signedPreKey: {
      id: SIGNED_PREKEY_ID,
      public: signed.public,
      private: signed.private,
      signature: identity.sign(Buffer.concat([Buffer.from([5]), signed.public])),
    },
    registrationId: chance.readUInt16BE(0) & 16383 || 1,
    rawId: chance.readUInt32BE(2),
  };
}

function deviceFromRow(row: DeviceRow): Device {
  return {
    number: row.number,
    device: row.device,
    noisePublic: Buffer.from(row.noise_public),
    identity: Buffer.from(row.identity),
    registrationId: row.registration_id,
    signedPreKey: {
      id: row.skey_id,
      public: Buffer.from(row.skey_public),
      signature: Buffer.from(row.skey_signature),
    },
    keyIndex: row.key_index,
    platform: row.platform,
    broughtUp: row.brought_up === 1,
    pairedAt: row.paired_at,
  };
}

/** Everybody on this network. Held in memory, written through to the store. */
export class Directory {
  readonly #store: Store;
  readonly #master: Uint8Array;
  readonly #byNumber = new Map<string, Account>();
  readonly #byLid = new Map<string, Account>();
  readonly #generations = new Map<string, number>();

  /** Reads every account and device that the store has. */
  constructor(store: Store, master: Uint8Array) {
    this.#store = store;
    this.#master = master;
    for (const row of store.all<AccountRow>('SELECT * FROM accounts')) {
      this.#place(row.number, row.name, row.online === 1, row.next_device);
    }
    for (const row of store.all<DeviceRow>('SELECT * FROM devices')) {
      const account = this.#byNumber.get(row.number);
      account?.devices.set(row.device, deviceFromRow(row));
      if (account) account.devicesChangedAt = Math.max(account.devicesChangedAt, row.paired_at);
    }
    for (const row of store.all<LifeRow>('SELECT * FROM account_life')) {
      const account = this.#byNumber.get(row.number);
      this.#generations.set(row.number, row.generation);
      if (account) account.devicesChangedAt = row.devices_changed_at;
    }
  }

  /** Everyone, oldest first. */
  all(): Account[] {
    return [...this.#byNumber.values()];
  }

  find(number: string): Account | undefined {
    return this.#byNumber.get(number);
  }

  /** Whom one reaches by dialling this number: people are also dialled otherwise than they are registered. */
  reachedBy(number: string): Account | undefined {
    const other = otherForm(number);
    return this.find(number) ?? (other === undefined ? undefined : this.find(other));
  }

  /** The person with this number, who comes into being now if nobody has it. */
  ensure(number: string, name?: string): Account {
    const known = this.#byNumber.get(number);
    if (known) return known;
    const account = this.#place(number, name ?? `+${number}`, true, 1);
    this.#store.run(
      'INSERT INTO accounts (number, name, online, next_device, created_at) VALUES (?, ?, 1, 1, ?)',
      number,
      account.name,
      Date.now(),
    );
    return account;
  }

  /** Writes name, online and next device of an account back. */
  save(account: Account): void {
    this.#store.run(
      'UPDATE accounts SET name = ?, online = ?, next_device = ? WHERE number = ?',
      account.name,
      account.online ? 1 : 0,
      account.nextDevice,
      account.number,
    );
  }

  /** The person calls itself otherwise from now on. */
  rename(account: Account, name: string): void {
    account.name = name;
    this.save(account);
  }

  /** Who a JID names, by phone number or LID; undefined for groups, broadcasts and strangers. */
  resolve(jid: string | undefined): (Address & { mode: 'pn' | 'lid' }) | undefined {
    const decoded = jidDecode(jid);
    if (!decoded) return undefined;
    const device = decoded.device ?? 0;
    if (decoded.server === 'lid') {
      const account = this.#byLid.get(decoded.user);
      return account && { account, device, mode: 'lid' };
    }
    if (decoded.server !== 's.whatsapp.net' && decoded.server !== 'c.us') return undefined;
    const account = this.#byNumber.get(decoded.user);
    return account && { account, device, mode: 'pn' };
  }

  /** Links a companion; `props` is what it said of itself, as it came over the wire. */
  addDevice(account: Account, device: Device, props?: Uint8Array): void {
    account.devices.set(device.device, device);
    this.#touchDevices(account);
    const { signedPreKey } = device;
    this.#store.run(
      `INSERT INTO devices (number, device, noise_public, identity, registration_id, skey_id, skey_public,
        skey_signature, key_index, platform, brought_up, paired_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
      account.number,
      device.device,
      device.noisePublic,
      device.identity,
      device.registrationId,
      signedPreKey.id,
      signedPreKey.public,
      signedPreKey.signature,
      device.keyIndex,
      device.platform,
      device.pairedAt,
    );
    if (!props) return;
    const sql = 'INSERT OR REPLACE INTO device_props (number, device, props) VALUES (?, ?, ?)';
    this.#store.run(sql, account.number, device.device, props);
  }

  removeDevice(account: Account, device: number): void {
    account.devices.delete(device);
    this.#touchDevices(account);
    const tables = [
      'devices',
      'device_props',
      'prekeys',
      'prekeys_given',
      'queue',
      'history_sync',
      'peer_messages',
    ];
    for (const table of tables) {
      this.#store.run(`DELETE FROM ${table} WHERE number = ? AND device = ?`, account.number, device);
    }
    this.#store.run('DELETE FROM watchers WHERE watcher = ? AND device = ?', account.number, device);
  }

  /** The person has installed the phone anew: identity, signed prekey and registration id are others from now on. */
  renewKeys(account: Account): void {
    this.#generations.set(account.number, this.#generation(account.number) + 1);
    this.#saveLife(account);
  }

  markBroughtUp(device: Device): void {
    device.broughtUp = true;
    this.#store.run(
      'UPDATE devices SET brought_up = 1 WHERE number = ? AND device = ?',
      device.number,
      device.device,
    );
  }

  setSignedPreKey(device: Device, key: SignedPreKey): void {
    device.signedPreKey = key;
    this.#store.run(
      'UPDATE devices SET skey_id = ?, skey_public = ?, skey_signature = ? WHERE number = ? AND device = ?',
      key.id,
      key.public,
      key.signature,
      device.number,
      device.device,
    );
  }

  #generation(number: string): number {
    return this.#generations.get(number) ?? 0;
  }

  /** Lists of devices carry the second they are of, and a newer list must never look older. */
  #touchDevices(account: Account): void {
    account.devicesChangedAt = Math.max(Date.now(), account.devicesChangedAt);
    this.#saveLife(account);
  }

  #saveLife({ number, devicesChangedAt }: Account): void {
    const sql =
      'INSERT OR REPLACE INTO account_life (number, generation, devices_changed_at) VALUES (?, ?, ?)';
    this.#store.run(sql, number, this.#generation(number), devicesChangedAt);
  }

  #place(number: string, name: string, online: boolean, nextDevice: number): Account {
    const master = this.#master;
    const generation = (): number => this.#generation(number);
    let keys: { readonly of: number; readonly all: PhoneKeys } | undefined;
    const account: Account = {
      number,
      lid: lidOf(master, number),
      name,
      online,
      nextDevice,
      devicesChangedAt: 0,
      devices: new Map(),
      get keys() {
        const of = generation();
        if (keys?.of !== of) keys = { of, all: phoneKeys(master, number, of) };
        return keys.all;
      },
    };
    this.#byNumber.set(number, account);
    this.#byLid.set(account.lid, account);
    return account;
  }
}
