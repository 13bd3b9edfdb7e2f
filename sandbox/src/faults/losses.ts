import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { PreKeys } from '../accounts/prekeys.ts';
import { Part } from '../part.ts';
import type { Phones } from '../phone/phones.ts';
import type { Store } from '../store/sqlite.ts';
import type { Fault, Faults } from './faults.ts';
import { kindOf } from './kinds.ts';

/** Where the numbers of phones are kept that a fault has switched off. */
const OFF = 'phones-off-by-fault';

interface LossesDeps {
  readonly store: Store;
  readonly faults: Faults;
  readonly directory: Directory;
  readonly preKeys: PreKeys;
  readonly phones: Phones;
  readonly log: (line: string, error?: unknown) => void;
}

/** Faults of what the network and the phones keep: they strike when they begin, and once for each they concern. */
export class Losses extends Part<LossesDeps> {
  /** Phones that a fault has switched off. */
  readonly #off = new Map<Fault, Set<Account>>();
  /** Phones that are on their way off or on, and the end of it. */
  readonly #switching = new Map<Account, Promise<void>>();

  /** Faults end with the process: phones that one kept off when it was killed are on again. */
  begin(): void {
    const { store, directory } = this.deps;
    const kept = store.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', OFF);
    if (!kept) return;
    for (const number of JSON.parse(kept.value) as string[]) {
      const account = directory.find(number);
      if (account) this.#switch(account, true);
    }
    this.#remember();
  }

  strike(fault: Fault): void {
    if (kindOf(fault.name).stage !== 'state') return;
    for (const account of this.#concerned(fault)) {
      if (fault.name === 'lose-prekeys') this.#losePreKeys(fault, account);
      else this.#phone(fault, account);
    }
    if (this.#off.has(fault)) this.#remember();
    if (fault.left === Number.POSITIVE_INFINITY) fault.left = 0;
  }

  /** Switches phones on again that this fault has switched off, but for those that another one keeps off. */
  end(fault: Fault): void {
    const accounts = this.#off.get(fault);
    if (!accounts) return;
    this.#off.delete(fault);
    for (const account of accounts) if (!this.#isHeldOff(account)) this.#switch(account, true);
    this.#remember();
  }

  /** Keeps who is off, or is not on again yet, in the turn in which they are switched: the two are never apart. */
  #remember(): void {
    const { store } = this.deps;
    const accounts = [...[...this.#off.values()].flatMap((each) => [...each]), ...this.#switching.keys()];
    const numbers = new Set(accounts.map(({ number }) => number));
    if (numbers.size === 0) store.run('DELETE FROM meta WHERE key = ?', OFF);
    else
      store.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', OFF, JSON.stringify([...numbers]));
  }

  #isHeldOff(account: Account): boolean {
    return [...this.#off.values()].some((accounts) => accounts.has(account));
  }

  #concerned(fault: Fault): Account[] {
    if (fault.number === undefined) return this.deps.directory.all();
    return [this.deps.directory.find(fault.number) ?? []].flat();
  }

  #losePreKeys(fault: Fault, account: Account): void {
    const { number, devices } = account;
    for (const device of devices.keys()) {
      if ((fault.device ?? device) !== device || fault.left <= 0) continue;
      if (this.deps.preKeys.forget(number, device) > 0) this.deps.faults.count(fault, { number, device });
    }
  }

  #phone(fault: Fault, account: Account): void {
    if ((fault.device ?? 0) !== 0 || fault.left <= 0) return;
    if (fault.name === 'phone-offline') {
      // One that is off because its person wants it so is no concern of a fault.
      if (!account.online && !this.#isHeldOff(account) && !this.#switching.has(account)) return;
      this.#off.set(fault, (this.#off.get(fault) ?? new Set()).add(account));
      this.#switch(account, false);
    } else {
      this.#quietly(account, this.deps.phones.forgetSessions(account));
    }
    this.deps.faults.count(fault, { number: account.number, device: 0 });
  }

  /** Switches a phone, after it has been switched as it was to be before: it may still be reading its mail. */
  #switch(account: Account, online: boolean): void {
    const turn = (): Promise<void> => this.deps.phones.setOnline(account, online);
    const before = this.#switching.get(account);
    const switched = (before?.then(turn, turn) ?? turn()).finally(() => {
      if (this.#switching.get(account) !== switched) return;
      this.#switching.delete(account);
      this.#remember();
    });
    this.#switching.set(account, switched);
    this.#quietly(account, switched);
  }

  #quietly(account: Account, work: Promise<void>): void {
    work.catch((error) => this.deps.log(`phone of ${account.number} failed`, error));
  }
}
