import type { Directory } from '../accounts/directory.ts';
import { Calls } from '../calls/calls.ts';
import { CallIntake } from '../calls/intake.ts';
import type { GroupLife } from '../groups/group-life.ts';
import { pictureOwner } from '../groups/picture.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Links } from '../router/links.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Messages } from '../router/messages.ts';
import type { Notifications } from '../router/notifications.ts';
import { Presence } from '../router/presence.ts';
import type { Receipts } from '../router/receipts.ts';
import type { Store } from '../store/sqlite.ts';
import { Acquaintances } from './acquaintances.ts';
import { Blocklist } from './blocklist.ts';
import { Gate } from './gate.ts';
import { AccountLimits } from './limits.ts';
import { Pictures } from './pictures.ts';
import { Privacy } from './privacy.ts';
import { Profiles } from './profiles.ts';
import { Settings } from './settings.ts';

interface PeopleDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly groups: GroupLife;
  readonly links: Links;
  readonly mailbox: Mailbox;
  readonly notifications: Notifications;
  readonly messages: Messages;
  readonly receipts: Receipts;
  readonly ledger: Ledger;
}

/** What people show of themselves, whom they let near, and their calls. */
export class People {
  readonly acquaintances: Acquaintances;
  readonly blocklist: Blocklist;
  readonly privacy: Privacy;
  readonly profiles: Profiles;
  readonly pictures: Pictures;
  readonly limits: AccountLimits;
  readonly presence: Presence;
  readonly calls: Calls;
  readonly callIntake: CallIntake;

  /** Also sets who may write to whom, and who learns that a message was read. */
  constructor(deps: PeopleDeps) {
    const { store, directory, groups, links, mailbox, notifications, messages, receipts, ledger } = deps;
    const settings = new Settings(store);
    const acquaintances = new Acquaintances(store, directory);
    const blocklist = new Blocklist(settings, directory, notifications);
    const privacy = new Privacy(settings, acquaintances, blocklist, notifications);
    const limits = new AccountLimits(settings, notifications);
    const presence = new Presence({ links, directory, groups: groups.all, settings, privacy, blocklist });
    this.acquaintances = acquaintances;
    this.blocklist = blocklist;
    this.privacy = privacy;
    this.limits = limits;
    this.presence = presence;
    this.profiles = new Profiles(settings, privacy, acquaintances, notifications);
    this.pictures = new Pictures(store, directory, privacy, acquaintances, notifications);
    this.calls = new Calls({ store, directory, mailbox, privacy, ledger });
    this.callIntake = new CallIntake(this.calls, directory);
    const gate = new Gate(acquaintances, blocklist, privacy, limits);
    messages.admit = (from, to) => {
      presence.wrote(from.account, to);
      return gate.admit(from, to);
    };
    messages.hears = (from, to) => !blocklist.has(to, from);
    groups.mayAdd = (actor, whom) => privacy.allows(whom, actor, 'groupadd');
    this.pictures.otherOwner = (jid) => {
      const group = groups.all.find(jid);
      return group && pictureOwner(group);
    };
    receipts.tellsRead = (reader, sender) => privacy.tellsRead(reader, sender);
    blocklist.onChange = (account) => presence.changed(account);
    privacy.onChange = (account) => presence.changed(account);
  }
}
