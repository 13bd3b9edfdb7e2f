import { type Account, lidJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Notifications } from '../router/notifications.ts';
import { node } from '../wire/node.ts';
import type { Settings } from './settings.ts';

const PREFIX = 'blocked ';

/** Whom a person does not hear from, and who sees nothing of that person. */
export class Blocklist {
  /** Told when a person blocks or unblocks somebody. */
  onChange: (account: Account) => void = () => undefined;
  readonly #settings: Settings;
  readonly #directory: Directory;
  readonly #notifications: Notifications;

  constructor(settings: Settings, directory: Directory, notifications: Notifications) {
    this.#settings = settings;
    this.#directory = directory;
    this.#notifications = notifications;
  }

  /** Whether `person` has blocked `other`. */
  has(person: Account, other: Account): boolean {
    return this.#settings.get(person.number, `${PREFIX}${lidJid(other)}`) !== undefined;
  }

  list(person: Account): Account[] {
    return this.#settings.namesAfter(person.number, PREFIX).flatMap((jid) => {
      const blocked = this.#directory.resolve(jid)?.account;
      return blocked ? [blocked] : [];
    });
  }

  /** Blocks or unblocks, and tells the companions other than `by`; false when it was so already. */
  change(person: Account, other: Account, action: 'block' | 'unblock', by: number): boolean {
    if (this.has(person, other) === (action === 'block')) return false;
    const name = `${PREFIX}${lidJid(other)}`;
    if (action === 'block') this.#settings.set(person.number, name, '1');
    else this.#settings.drop(person.number, name);
    const item = node('item', { jid: lidJid(other), action });
    this.#notifications.accountChanged(person, by, node('blocklist', { action: 'modify' }, [item]));
    this.onChange(person);
    return true;
  }
}
