import { type Address, deviceKey } from '../accounts/account.ts';

/** So long after one of the two events its consequences are still on their way. */
const WATCH_MS = 30_000;

/**
 * Which companions may no longer share a session with their phone. A client that is told something while it sends can
 * lose a step of that session, or step another in vain (Baileys writes the keys of a sending at its end, over what
 * came meanwhile), and from then on writes what nobody can read. It sends a message again twice at most. So for a
 * while after it was told something the phone reads at once what it writes, and asks while little has gone wrong.
 */
export class CompanionWatch {
  readonly #toldUntil = new Map<string, number>();
  readonly #doubtedUntil = new Map<string, number>();

  /** The phone tells its companion something. */
  noteTold(companion: Address): void {
    this.#toldUntil.set(deviceKey(companion), Date.now() + WATCH_MS);
  }

  /** A letter of the companion could not be read. */
  noteUnreadable(companion: Address): void {
    this.#doubtedUntil.set(deviceKey(companion), Date.now() + WATCH_MS);
  }

  /** Whether letters of this companion are to be read as soon as they come. */
  isWatched(companion: Address): boolean {
    return lasts(this.#toldUntil, companion) || this.isDoubted(companion);
  }

  /** Whether what the phone tells now needs a session of its own, which a client finds without trying others. */
  isDoubted(companion: Address): boolean {
    return lasts(this.#doubtedUntil, companion);
  }
}

function lasts(until: Map<string, number>, of: Address): boolean {
  const key = deviceKey(of);
  if ((until.get(key) ?? 0) > Date.now()) return true;
  until.delete(key);
  return false;
}
