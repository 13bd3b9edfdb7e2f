import { errorCode } from './database-unusable.ts';

/** What a failed change failed for. */
export type Trouble =
  | 'data' // these very data are refused or not understood: trying again changes nothing
  | 'passing' // the database is away, busy or full: everything else fails as well, and works again later
  | 'unknown';

/** Classes of SQLSTATE: wrong data, broken constraints, limits of the program. */
const data = /^(21|22|23|54)/;
/** Connections, roll-backs to be tried again, resources, locks, operators at work, the system; a standby (25006). */
const passing = /^(08|40|53|55|57|58|25006)/;
const errorsOfUnderstanding = [TypeError, RangeError, SyntaxError, URIError];
/** The database's client says so without a code. */
const lostConnection = /connection|connect|terminated|timeout|timed out|pool/i;

export function troubleOf(error: unknown): Trouble {
  const code = errorCode(error);
  if (code === undefined) {
    if (errorsOfUnderstanding.some((kind) => error instanceof kind)) return 'data';
    return error instanceof Error && lostConnection.test(error.message) ? 'passing' : 'unknown';
  }
  if (!/^[0-9A-Z]{5}$/.test(code)) return /^E[A-Z_]+$/.test(code) ? 'passing' : 'unknown';
  if (data.test(code)) return 'data';
  return passing.test(code) ? 'passing' : 'unknown';
}
