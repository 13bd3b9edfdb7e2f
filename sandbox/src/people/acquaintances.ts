import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { Store } from '../store/sqlite.ts';

interface AcquaintancesDeps {
  readonly store: Store;
  readonly directory: Directory;
}

/**
 * Who has written to whom. A *contact* of a person is somebody that person has written to; two people are *strangers*
 * until one of them has written to the other.
 */
export class Acquaintances extends Part<AcquaintancesDeps> {
  constructor(deps: AcquaintancesDeps) {
    super(deps);
    const { store } = deps;
    if (store.get('SELECT 1 FROM written LIMIT 1')) return;
    // Folders from before this table existed: chats that phones show were written in.
    store.run(`INSERT OR IGNORE INTO written (number, other) SELECT DISTINCT number, chat FROM inbox
      WHERE from_me = 1 AND chat NOT LIKE '%@%' AND chat <> number`);
  }

  /** Notes that a person has written to another. */
  note(from: Account, to: Account): void {
    if (from === to || this.isContact(from, to)) return;
    const sql = 'INSERT OR IGNORE INTO written (number, other) VALUES (?, ?)';
    this.deps.store.run(sql, from.number, to.number);
  }

  /** Whether `other` is a contact of `person`. */
  isContact(person: Account, other: Account): boolean {
    const sql = 'SELECT 1 FROM written WHERE number = ? AND other = ?';
    return this.deps.store.get(sql, person.number, other.number) !== undefined;
  }

  areStrangers(one: Account, other: Account): boolean {
    return !this.isContact(one, other) && !this.isContact(other, one);
  }

  /** Everybody who knows a person: has a chat with them, or has asked for their devices. */
  circle(account: Account): Account[] {
    const sql = `SELECT other AS number FROM written WHERE number = ?1
      UNION SELECT number FROM written WHERE other = ?1 UNION SELECT watcher FROM watchers WHERE number = ?1`;
    return this.deps.store.all<{ number: string }>(sql, account.number).flatMap(({ number }) => {
      const other = this.deps.directory.find(number);
      return other && other !== account ? [other] : [];
    });
  }
}
