import type { Address } from '../accounts/account.ts';
import type { Store } from '../store/sqlite.ts';

/** Which messages devices have sent so far, by id; the newest are remembered, across restarts. */
export class Accepted {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Remembers a message; false when its device has sent it before. */
  add({ account, device }: Address, id: string): boolean {
    const sql = 'INSERT OR IGNORE INTO accepted (number, device, id) VALUES (?, ?, ?)';
    return this.#store.run(sql, account.number, device, id) > 0;
  }

  has({ account, device }: Address, id: string): boolean {
    const sql = 'SELECT 1 FROM accepted WHERE number = ? AND device = ? AND id = ?';
    return this.#store.get(sql, account.number, device, id) !== undefined;
  }
}
