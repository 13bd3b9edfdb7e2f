import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { PreKeys } from '../accounts/prekeys.ts';
import type { Phones } from '../phone/phones.ts';
import type { Fault, Faults } from './faults.ts';
import { kindOf } from './kinds.ts';

interface LossesDeps {
  readonly faults: Faults;
  readonly directory: Directory;
  readonly preKeys: PreKeys;
  readonly phones: Phones;
  readonly log: (line: string, error?: unknown) => void;
}

/** Faults of what the network and the phones keep: they strike when they begin, and once for each they concern. */
export class Losses {
  readonly #deps: LossesDeps;
  /** Phones that a fault has switched off. */
  readonly #off = new Map<Fault, Account[]>();

  constructor(deps: LossesDeps) {
    this.#deps = deps;
  }

  begin(fault: Fault): void {
    if (kindOf(fault.name).stage !== 'state') return;
    for (const account of this.#concerned(fault)) {
      if (fault.name === 'lose-prekeys') this.#losePreKeys(fault, account);
      else this.#phone(fault, account);
    }
    if (fault.left === Number.POSITIVE_INFINITY) fault.left = 0;
  }

  /** Switches phones on again that this fault has switched off. */
  end(fault: Fault): void {
    for (const account of this.#off.get(fault) ?? []) this.#switch(account, true);
    this.#off.delete(fault);
  }

  #concerned(fault: Fault): Account[] {
    if (fault.number === undefined) return this.#deps.directory.all();
    return [this.#deps.directory.find(fault.number) ?? []].flat();
  }

  #losePreKeys(fault: Fault, account: Account): void {
    const { number, devices } = account;
    for (const device of devices.keys()) {
      if ((fault.device ?? device) !== device || fault.left <= 0) continue;
      if (this.#deps.preKeys.forget(number, device) > 0) this.#deps.faults.count(fault, { number, device });
    }
  }

  #phone(fault: Fault, account: Account): void {
    if ((fault.device ?? 0) !== 0 || fault.left <= 0) return;
    if (fault.name === 'phone-offline') {
      if (!account.online) return;
      this.#off.set(fault, [...(this.#off.get(fault) ?? []), account]);
      this.#switch(account, false);
    } else {
      this.#quietly(account, this.#deps.phones.forgetSessions(account));
    }
    this.#deps.faults.count(fault, { number: account.number, device: 0 });
  }

  #switch(account: Account, online: boolean): void {
    this.#quietly(account, this.#deps.phones.setOnline(account, online));
  }

  #quietly(account: Account, work: Promise<void>): void {
    work.catch((error) => this.#deps.log(`phone of ${account.number} failed`, error));
  }
}
