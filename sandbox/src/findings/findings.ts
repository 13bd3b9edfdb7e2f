import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import type { BinaryNode } from '../wire/node.ts';
import { type FindingName, findingKind } from './catalogue.ts';
import type { StrictnessSetting } from './strictness.ts';

/** Who deviated. */
export interface Culprit {
  readonly number: string;
  readonly device: number;
}

/** The code and text a finding is answered with. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

interface FindingsDeps {
  readonly ledger: Ledger;
  readonly strictness: StrictnessSetting;
}

/** Writes deviations of clients into the ledger, and says which of them are refused. */
export class Findings extends Part<FindingsDeps> {
  /** Notes a deviation; gives what it is refused with, undefined when it is let pass. `detail` says what exactly was wrong. */
  note(name: FindingName, by: Culprit, stanza: BinaryNode | undefined, detail = ''): Refusal | undefined {
    const { what, right, refusal, always } = findingKind(name);
    const isRefused =
      refusal !== undefined && (always === true || this.deps.strictness.now.level === 'strict');
    this.deps.ledger.note('finding', {
      ...{ number: by.number, device: by.device, type: name, tag: stanza?.tag ?? '' },
      messageId: stanza?.attrs.id ?? '',
      flags: isRefused ? `error=${refusal.code}` : '',
      text: `${what}${detail ? ` (${detail})` : ''} ${right}`,
    });
    return isRefused ? refusal : undefined;
  }
}
