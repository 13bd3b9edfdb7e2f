import type { Ledger } from '../ledger/ledger.ts';
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

/** Writes deviations of clients into the ledger, and says which of them are refused. */
export class Findings {
  readonly #ledger: Ledger;
  readonly #strictness: StrictnessSetting;

  constructor(ledger: Ledger, strictness: StrictnessSetting) {
    this.#ledger = ledger;
    this.#strictness = strictness;
  }

  /** Notes a deviation; gives what it is refused with, undefined when it is let pass. `detail` says what exactly was wrong. */
  note(name: FindingName, by: Culprit, stanza: BinaryNode | undefined, detail = ''): Refusal | undefined {
    const { what, right, refusal, always } = findingKind(name);
    const isRefused = refusal !== undefined && (always === true || this.#strictness.now.level === 'strict');
    this.#ledger.note('finding', {
      ...{ number: by.number, device: by.device, type: name, tag: stanza?.tag ?? '' },
      messageId: stanza?.attrs.id ?? '',
      flags: isRefused ? `error=${refusal.code}` : '',
      text: `${what}${detail ? ` (${detail})` : ''} ${right}`,
    });
    return isRefused ? refusal : undefined;
  }
}
