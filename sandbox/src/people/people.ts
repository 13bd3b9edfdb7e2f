import type { Account, Address } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Calls } from '../calls/calls.ts';
import { CallIntake } from '../calls/intake.ts';
import type { Groups } from '../groups/groups.ts';
import { pictureOwner } from '../groups/picture.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import type { Links } from '../router/links.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Notifications } from '../router/notifications.ts';
import { Presence } from '../router/presence.ts';
import type { Store } from '../store/sqlite.ts';
import { Acquaintances } from './acquaintances.ts';
import { Blocklist } from './blocklist.ts';
import { Gate, type Verdict } from './gate.ts';
import { AccountLimits } from './limits.ts';
import { Pictures } from './pictures.ts';
import { Privacy } from './privacy.ts';
import { Profiles } from './profiles.ts';
import { Settings } from './settings.ts';

interface PeopleDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly groups: Groups;
  readonly links: Links;
  readonly mailbox: Mailbox;
  readonly notifications: Notifications;
  readonly ledger: Ledger;
  readonly watchedMax: number;
}

/** What people show of themselves, whom they let near, and their calls. */
export class People extends Part<PeopleDeps> {
  readonly #changed = { changed: (account: Account): void => this.presence.changed(account) };
  readonly #about = {
    ...this.deps,
    settings: new Settings(this.deps.store),
    acquaintances: new Acquaintances(this.deps),
  };
  readonly acquaintances = this.#about.acquaintances;
  readonly blocklist = new Blocklist({ ...this.#about, ...this.#changed });
  readonly privacy = new Privacy({ ...this.#about, ...this.#changed, blocklist: this.blocklist });
  readonly limits = new AccountLimits(this.#about);
  readonly presence: Presence = new Presence({
    ...this.#about,
    ...{ privacy: this.privacy, blocklist: this.blocklist },
  });
  readonly profiles = new Profiles({ ...this.#about, privacy: this.privacy });
  readonly pictures = new Pictures({
    ...{ ...this.#about, privacy: this.privacy },
    otherOwner: (jid) => {
      const group = this.deps.groups.find(jid);
      return group && pictureOwner(group);
    },
  });
  readonly calls = new Calls({ ...this.deps, privacy: this.privacy });
  readonly callIntake = new CallIntake({ calls: this.calls, directory: this.deps.directory });
  readonly #gate = new Gate(this);

  /** Decides on a direct message, whose sender is not typing any more. */
  admit(from: Address, to: Account): Verdict {
    this.presence.wrote(from.account, to);
    return this.#gate.admit(from, to);
  }
}
