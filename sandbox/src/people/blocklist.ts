import { type Account, lidJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { Notifications } from '../router/notifications.ts';
import { node } from '../wire/node.ts';
import type { Settings } from './settings.ts';

const PREFIX = 'blocked ';

interface BlocklistDeps {
  readonly settings: Settings;
  readonly directory: Directory;
  readonly notifications: Notifications;
  /** Hears when a person blocks or unblocks somebody. */
  readonly changed: (account: Account) => void;
}

/** Whom a person does not hear from, and who sees nothing of that person. */
export class Blocklist extends Part<BlocklistDeps> {
  /** Whether `person` has blocked `other`. */
  has(person: Account, other: Account): boolean {
    return this.deps.settings.get(person.number, `${PREFIX}${lidJid(other)}`) !== undefined;
  }

  list(person: Account): Account[] {
    return this.deps.settings.namesAfter(person.number, PREFIX).flatMap((jid) => {
      const blocked = this.deps.directory.resolve(jid)?.account;
      return blocked ? [blocked] : [];
    });
  }

  /** Blocks or unblocks, and tells the companions other than `by`; false when it was so already. */
  change(person: Account, other: Account, action: 'block' | 'unblock', by: number): boolean {
    if (this.has(person, other) === (action === 'block')) return false;
    const name = `${PREFIX}${lidJid(other)}`;
    if (action === 'block') this.deps.settings.set(person.number, name, '1');
    else this.deps.settings.drop(person.number, name);
    const item = node('item', { jid: lidJid(other), action });
    this.deps.notifications.accountChanged(person, by, node('blocklist', { action: 'modify' }, [item]));
    this.deps.changed(person);
    return true;
  }
}
