import type { Account, Address } from '../accounts/account.ts';
import { Part } from '../part.ts';
import type { Acquaintances } from './acquaintances.ts';
import type { Blocklist } from './blocklist.ts';
import type { AccountLimits } from './limits.ts';
import type { Privacy } from './privacy.ts';

/** What becomes of a direct message: delivered, accepted without being delivered, or refused with the code of its ack. */
export type Verdict = 'deliver' | 'blocked' | 'unwanted' | number;

/** The sender is restricted to people it already has a chat with. */
const RESTRICTED = 463;

interface GateDeps {
  readonly acquaintances: Acquaintances;
  readonly blocklist: Blocklist;
  readonly privacy: Privacy;
  readonly limits: AccountLimits;
}

/** Who may write to whom. */
export class Gate extends Part<GateDeps> {
  /** Decides on a direct message, and remembers that its sender has written to this person. */
  admit(from: Address, to: Account): Verdict {
    const sender = from.account;
    if (sender === to) return 'deliver';
    // The app on the phone does not let a restricted person write in the first place, so only companions get here.
    const isReachout = from.device !== 0 && this.deps.acquaintances.areStrangers(sender, to);
    if (isReachout && !this.deps.limits.admitStranger(sender)) return RESTRICTED;
    this.deps.acquaintances.note(sender, to);
    if (this.deps.blocklist.has(to, sender)) return 'blocked';
    return this.deps.privacy.allows(to, sender, 'messages') ? 'deliver' : 'unwanted';
  }
}
