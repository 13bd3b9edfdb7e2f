import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { Mailbox } from '../router/mailbox.ts';

const IDLE_MS = 250;
/** A phone whose mail could not be read is left alone for so long: the others must not wait for it. */
const PAUSE_MS = 60_000;

interface IdleReadingDeps {
  readonly mailbox: Mailbox;
  readonly directory: Directory;
  /** Reads the mail of one phone until there is none, or it is enough; false when that failed. */
  readonly read: (account: Account, enough: () => boolean) => Promise<boolean>;
}

/** Reads the mail of phones that nobody looks at: one after the other, in quiet moments. */
export class IdleReading extends Part<IdleReadingDeps> {
  /** Numbers of phones that failed, with the moment when they are tried again. */
  readonly #pausedUntil = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #lastMailAt = 0;
  #reading = false;
  #stopped = false;

  /** Begins once it is quiet: mail of earlier days may be waiting. */
  begin(): void {
    this.#wait(IDLE_MS);
  }

  /** Mail has come, so it is not quiet now. */
  noteMail(): void {
    this.#lastMailAt = Date.now();
    this.#wait(IDLE_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    const dueAt = Date.now() + ms;
    if (this.#stopped || this.#reading || this.#dueAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => void this.#readAll(), ms);
    this.#timer.unref();
  }

  async #readAll(): Promise<void> {
    const busy = (): boolean => this.#stopped || Date.now() - this.#lastMailAt < IDLE_MS;
    this.#reading = true;
    this.#dueAt = Number.POSITIVE_INFINITY;
    while (!busy()) {
      const account = this.#next();
      if (!account) break;
      const done = await this.deps.read(account, busy);
      if (!done) this.#pausedUntil.set(account.number, Date.now() + PAUSE_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#reading = false;
    if (busy()) this.#wait(IDLE_MS);
    else if (this.#pausedUntil.size > 0) this.#wait(PAUSE_MS);
  }

  #next(): Account | undefined {
    const now = Date.now();
    for (const [number, until] of this.#pausedUntil) if (until <= now) this.#pausedUntil.delete(number);
    const number = this.deps.mailbox.phoneWithMail([...this.#pausedUntil.keys()]);
    return number === undefined ? undefined : this.deps.directory.find(number);
  }
}
