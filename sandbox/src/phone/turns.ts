import type { Account } from '../accounts/account.ts';
import { Part } from '../part.ts';
import type { PhoneDeps } from './deps.ts';
import { PhoneSignal } from './signal.ts';

const OPEN_SIGNALS_MAX = 200;

type Work<T> = (signal: PhoneSignal) => T | Promise<T>;

/** One thing at a time on each phone: a ratchet must never be turned twice at once. */
export class Turns extends Part<Pick<PhoneDeps, 'store' | 'log'>> {
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #signals = new Map<string, PhoneSignal>();
  #stopped = false;

  /** Whether the network has ended; what fails after that is no news. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Does something when nothing else is going on on this phone. */
  alone<T>(account: Account, work: Work<T>): Promise<T> {
    const { number } = account;
    const before = this.#queues.get(number) ?? Promise.resolve();
    const result = before.then(() => work(this.#signal(account)));
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (this.#queues.get(number) === settled) this.#queues.delete(number);
      });
    this.#queues.set(number, settled);
    return result;
  }

  /** Does something that nobody waits for; false when it failed. */
  async inBackground(account: Account, work: Work<void>): Promise<boolean> {
    try {
      await this.alone(account, work);
      return true;
    } catch (error) {
      if (!this.#stopped) this.deps.log(`phone of ${account.number} failed`, error);
      return false;
    }
  }

  /** Forgets what is open of a phone whose keys change; to be called in a turn of it. */
  forget(account: Account): void {
    this.#signals.get(account.number)?.close();
    this.#signals.delete(account.number);
  }

  stop(): void {
    this.#stopped = true;
    for (const signal of this.#signals.values()) signal.close();
    this.#signals.clear();
  }

  #signal(account: Account): PhoneSignal {
    const known = this.#signals.get(account.number);
    if (known) this.#signals.delete(account.number);
    const signal = known ?? new PhoneSignal(account, this.deps.store);
    this.#signals.set(account.number, signal);
    if (this.#signals.size > OPEN_SIGNALS_MAX) this.#closeOldest();
    return signal;
  }

  #closeOldest(): void {
    for (const [number, signal] of this.#signals) {
      if (this.#queues.has(number)) continue;
      signal.close();
      this.#signals.delete(number);
      return;
    }
  }
}
