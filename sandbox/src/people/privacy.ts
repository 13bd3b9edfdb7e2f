import type { Account } from '../accounts/account.ts';
import { Part } from '../part.ts';
import type { Notifications } from '../router/notifications.ts';
import { node } from '../wire/node.ts';
import type { Acquaintances } from './acquaintances.ts';
import type { Blocklist } from './blocklist.ts';
import type { Settings } from './settings.ts';

const AUDIENCES = ['all', 'contacts', 'contact_blacklist', 'none'] as const;

/** Every category and what it may be set to; the first value is the one nobody has changed. */
export const PRIVACY = {
  last: AUDIENCES,
  online: ['all', 'match_last_seen'],
  profile: AUDIENCES,
  status: AUDIENCES,
  readreceipts: ['all', 'none'],
  groupadd: AUDIENCES,
  calladd: ['all', 'known'],
  messages: ['all', 'contacts'],
  defense: ['off', 'on_standard'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type PrivacyCategory = keyof typeof PRIVACY;
/** The categories that say who may see something of a person, or do something to them. */
type Shown = 'last' | 'online' | 'profile' | 'status' | 'groupadd' | 'calladd' | 'messages';

const EXCEPTIONS_MAX = 1000;

const isCategory = (name: string): name is PrivacyCategory => Object.hasOwn(PRIVACY, name);

interface PrivacyDeps {
  readonly settings: Settings;
  readonly acquaintances: Acquaintances;
  readonly blocklist: Blocklist;
  readonly notifications: Notifications;
  /** Hears when a person changes a setting. */
  readonly changed: (account: Account) => void;
}

/** What each person lets others see and do. "Contacts" are the people one has written to. */
export class Privacy extends Part<PrivacyDeps> {
  value(account: Account, category: PrivacyCategory): string {
    return this.deps.settings.get(account.number, `privacy ${category}`) ?? PRIVACY[category][0];
  }

  all(account: Account): Record<PrivacyCategory, string> {
    const names = Object.keys(PRIVACY) as PrivacyCategory[];
    return Object.fromEntries(names.map((name) => [name, this.value(account, name)])) as Record<
      PrivacyCategory,
      string
    >;
  }

  /** Why a category (and value) can't be set; undefined when it can. */
  problem(name: string, value?: string): string | undefined {
    if (!isCategory(name)) return `There is no privacy category "${name}".`;
    const values: readonly string[] = PRIVACY[name];
    return value === undefined || values.includes(value)
      ? undefined
      : `"${name}" is one of ${values.join(', ')}, not "${value}".`;
  }

  /** Sets a category and tells the companions other than `by`; false when there is no such category or value. */
  set(account: Account, name: string, value: string, by: number): boolean {
    if (this.problem(name, value) !== undefined) return false;
    this.deps.settings.set(account.number, `privacy ${name}`, value);
    const category = node('category', { name, value });
    this.deps.notifications.accountChanged(account, by, node('privacy', {}, [category]));
    this.deps.changed(account);
    return true;
  }

  /** Numbers that `contact_blacklist` leaves out of a category. */
  exceptions(account: Account, category: string): string[] {
    return this.deps.settings.data<string[]>(account.number, `except ${category}`) ?? [];
  }

  replaceExceptions(account: Account, category: string, others: Account[]): void {
    const numbers = [...new Set(others.map(({ number }) => number))].slice(0, EXCEPTIONS_MAX);
    this.deps.settings.setData(account.number, `except ${category}`, numbers);
    this.deps.changed(account);
  }

  /** Whether `owner` lets `viewer` see or do this; never those whom the owner has blocked. */
  allows(owner: Account, viewer: Account, category: Shown): boolean {
    if (owner === viewer) return true;
    if (this.deps.blocklist.has(owner, viewer)) return false;
    const value = this.value(owner, category);
    if (value === 'match_last_seen') return this.allows(owner, viewer, 'last');
    if (value === 'all') return true;
    if (value === 'none') return false;
    if (value === 'contact_blacklist' && this.exceptions(owner, category).includes(viewer.number))
      return false;
    return this.deps.acquaintances.isContact(owner, viewer);
  }

  /** As `allows`, for what is only shown to those who show theirs. */
  allowsMutually(owner: Account, viewer: Account, category: 'last' | 'online'): boolean {
    return this.allows(owner, viewer, category) && this.allows(viewer, owner, category);
  }

  /** Whether the sender of a message may learn that it was read: both have read receipts on. */
  tellsRead(reader: Account, sender: Account): boolean {
    return this.value(reader, 'readreceipts') === 'all' && this.value(sender, 'readreceipts') === 'all';
  }
}
