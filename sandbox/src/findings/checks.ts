import type { Directory } from '../accounts/directory.ts';
import type { Chats } from '../groups/chats.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
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
export class Checks extends Part<ChecksDeps> {
  readonly strictness = new StrictnessSetting(this.deps.store);
  readonly findings = new Findings({ ledger: this.deps.ledger, strictness: this.strictness });
  readonly message = new MessageCheck({
    ...{ ...this.deps, accepted: new Accepted(this.deps.store) },
    ...{ findings: this.findings, strictness: this.strictness },
  });
  readonly stanza = new StanzaCheck({ ...this.deps, findings: this.findings });
}
