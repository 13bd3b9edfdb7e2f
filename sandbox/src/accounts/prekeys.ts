import { Part } from '../part.ts';
import type { Store } from '../store/sqlite.ts';
import type { Account, Address, SignedPreKey } from './account.ts';

/** Below this many one-time keys a device is asked for more. */
const PREKEYS_LOW = 5;

export interface PreKey {
  readonly id: number;
  readonly public: Buffer;
}

/** What another device needs to open a Signal session. Public keys are 32 bytes without the type byte. */
export interface KeyBundle {
  readonly registrationId: number;
  readonly identity: Buffer;
  readonly signedPreKey: SignedPreKey;
  readonly preKey?: PreKey;
}

interface PreKeysDeps {
  readonly store: Store;
  /** Hears when a device has few keys left. */
  readonly low: (address: Address, left: number) => void;
}

/** One-time keys of companions. Phones have none: their signed prekey is enough. */
export class PreKeys extends Part<PreKeysDeps> {
  count(number: string, device: number): number {
    const row = this.deps.store.get<{ n: number }>(
      'SELECT count(*) AS n FROM prekeys WHERE number = ? AND device = ?',
      number,
      device,
    );
    return row?.n ?? 0;
  }

  ids(number: string, device: number): number[] {
    const sql = 'SELECT id FROM prekeys WHERE number = ? AND device = ? ORDER BY id';
    return this.deps.store.all<{ id: number }>(sql, number, device).map((row) => row.id);
  }

  /** Adds keys, but for those that somebody was given before; gives the ids that were used before. */
  add(number: string, device: number, keys: PreKey[]): number[] {
    const reused: number[] = [];
    for (const key of keys) {
      const wasGiven = this.#wasGiven(number, device, key.id);
      const known = 'SELECT public FROM prekeys WHERE number = ? AND device = ? AND id = ?';
      const row = this.deps.store.get<{ public: Uint8Array }>(known, number, device, key.id);
      if (wasGiven || (row && !key.public.equals(row.public))) reused.push(key.id);
      if (wasGiven) continue;
      const sql = 'INSERT OR REPLACE INTO prekeys (number, device, id, public) VALUES (?, ?, ?, ?)';
      this.deps.store.run(sql, number, device, key.id, key.public);
    }
    return reused;
  }

  /** Forgets all one-time keys of a device; gives how many there were. */
  forget(number: string, device: number): number {
    return this.deps.store.run('DELETE FROM prekeys WHERE number = ? AND device = ?', number, device);
  }

  /** A bundle for one device, with a one-time key that nobody else will ever be given; undefined if there is no such device. */
  bundle({ account, device }: Address): KeyBundle | undefined {
    if (device === 0) return phoneBundle(account);
    const companion = account.devices.get(device);
    if (!companion) return undefined;
    const { registrationId, identity, signedPreKey } = companion;
    const preKey = this.#take(account.number, device);
    const left = preKey ? this.count(account.number, device) : PREKEYS_LOW;
    if (left < PREKEYS_LOW) this.deps.low({ account, device }, left);
    return { registrationId, identity, signedPreKey, ...(preKey && { preKey }) };
  }

  #take(number: string, device: number): PreKey | undefined {
    const sql = 'SELECT id, public FROM prekeys WHERE number = ? AND device = ? ORDER BY id LIMIT 1';
    const row = this.deps.store.get<{ id: number; public: Uint8Array }>(sql, number, device);
    if (!row) return undefined;
    this.deps.store.run(
      'DELETE FROM prekeys WHERE number = ? AND device = ? AND id = ?',
      number,
      device,
      row.id,
    );
    const given = 'INSERT OR IGNORE INTO prekeys_given (number, device, id) VALUES (?, ?, ?)';
    this.deps.store.run(given, number, device, row.id);
    return { id: row.id, public: Buffer.from(row.public) };
  }

  #wasGiven(number: string, device: number, id: number): boolean {
    const sql = 'SELECT 1 FROM prekeys_given WHERE number = ? AND device = ? AND id = ?';
    return this.deps.store.get(sql, number, device, id) !== undefined;
  }
}

function phoneBundle(account: Account): KeyBundle {
  const { registrationId, identity, signedPreKey } = account.keys;
  return { registrationId, identity: identity.public, signedPreKey };
}
