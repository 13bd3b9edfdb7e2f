import type { Directory } from '../accounts/directory.ts';
import type { Chats } from '../groups/chats.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Accepted } from '../router/accepted.ts';
import type { Mailbox } from '../router/mailbox.ts';
import type { Notifications } from '../router/notifications.ts';
import type { Store } from '../store/sqlite.ts';
import { Findings } from './findings.ts';
import { MessageCheck } from './message-check.ts';
import { StanzaCheck } from './stanza-check.ts';
import { StrictnessSetting } from './strictness.ts';

interface ChecksDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly chats: Chats;
  readonly mailbox: Mailbox;
  readonly notifications: Notifications;
  readonly ledger: Ledger;
}

/** How closely the network looks at what clients send, composed. */
export class Checks {
  readonly strictness: StrictnessSetting;
  readonly findings: Findings;
  readonly message: MessageCheck;
  readonly stanza: StanzaCheck;

  constructor({ store, directory, chats, mailbox, notifications, ledger }: ChecksDeps) {
    const strictness = new StrictnessSetting(store);
    const findings = new Findings(ledger, strictness);
    this.strictness = strictness;
    this.findings = findings;
    const accepted = new Accepted(store);
    this.message = new MessageCheck({
      ...{ directory, chats, accepted, mailbox, notifications },
      ...{ findings, strictness },
    });
    this.stanza = new StanzaCheck(findings, ledger, store);
  }
}
