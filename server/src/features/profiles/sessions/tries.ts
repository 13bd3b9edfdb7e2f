import type { Cause } from '../../../engines/port.ts';
import { endsWithLogin } from '../connection-table.ts';

/** A connection that was up this long resets all counts. */
const steadyMs = 60_000;

/**
 * How often each cause has ended a connection of a profile. Causes are counted separately: a lost connection does not
 * mean that the login is refused.
 */
export function createTries() {
  const counts = new Map<Cause, number>();
  return {
    /** A login has succeeded. */
    loggedIn(): void {
      for (const cause of counts.keys()) if (endsWithLogin(cause)) counts.delete(cause);
    },

    /** Counts an end, of a connection that was up for `upMs`; answers how often this cause came before. */
    ended(cause: Cause, upMs: number): number {
      if (upMs >= steadyMs) counts.clear();
      const before = counts.get(cause) ?? 0;
      counts.set(cause, before + 1);
      return before;
    },
  };
}

export type Tries = ReturnType<typeof createTries>;
