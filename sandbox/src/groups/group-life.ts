import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Store } from '../store/sqlite.ts';
import { Chats } from './chats.ts';
import { Groups } from './groups.ts';
import { Invitations } from './invitations.ts';
import { Joining } from './joining.ts';
import { Membership } from './membership.ts';
import { GroupNotices } from './notices.ts';
import { Settings } from './settings.ts';

interface GroupLifeDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly mailbox: Mailbox;
  readonly master: Uint8Array;
  /** Whether somebody's privacy settings let another add it to groups. */
  readonly mayAdd: (actor: Account, whom: Account) => boolean;
}

/** Groups and everything that can be done to them, composed. */
export class GroupLife extends Part<GroupLifeDeps> {
  readonly all = new Groups(this.deps.store, this.deps.directory, this.deps.master);
  readonly notices = new GroupNotices(this.deps);
  readonly #about = {
    ...this.deps,
    ...{ groups: this.all, notices: this.notices, invitations: new Invitations(this.deps.store) },
  };
  readonly chats = new Chats(this.#about);
  readonly membership = new Membership(this.#about);
  readonly joining = new Joining({ ...this.#about, membership: this.membership });
  readonly settings = new Settings(this.#about);
}
