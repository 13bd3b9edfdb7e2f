import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Store } from '../store/sqlite.ts';
import { Chats } from './chats.ts';
import { Groups } from './groups.ts';
import { Invitations } from './invitations.ts';
import { Joining } from './joining.ts';
import { Membership } from './membership.ts';
import { GroupNotices } from './notices.ts';
import { Settings } from './settings.ts';

/** Groups and everything that can be done to them, composed. */
export class GroupLife {
  readonly all: Groups;
  readonly chats: Chats;
  readonly membership: Membership;
  readonly joining: Joining;
  readonly settings: Settings;
  readonly notices: GroupNotices;
  /** Whether somebody's privacy settings let another add it to groups; set by whoever keeps those settings. */
  mayAdd: (actor: Account, whom: Account) => boolean = () => true;

  constructor(store: Store, directory: Directory, mailbox: Mailbox, master: Uint8Array) {
    const groups = new Groups(store, directory, master);
    const notices = new GroupNotices(mailbox, directory);
    const invitations = new Invitations(store);
    const mayAdd = (actor: Account, whom: Account): boolean => this.mayAdd(actor, whom);
    this.all = groups;
    this.notices = notices;
    this.chats = new Chats(directory, groups);
    this.membership = new Membership({ groups, notices, invitations, mayAdd });
    this.joining = new Joining({ groups, notices, invitations, membership: this.membership });
    this.settings = new Settings({ groups, notices, directory });
  }
}
