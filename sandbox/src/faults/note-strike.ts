import type { Ledger } from '../ledger/ledger.ts';
import type { Fault, Moment } from './faults.ts';

/** Notes in the ledger whom and what a fault has struck. */
export function noteStrike(ledger: Ledger, fault: Fault, { number = '', device = 0, stanza }: Moment): void {
  ledger.note('fault', {
    number,
    device,
    type: fault.name,
    tag: stanza?.tag ?? '',
    messageId: stanza?.attrs.id ?? '',
  });
}
