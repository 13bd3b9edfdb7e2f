import { errorCode } from './database-unusable.ts';

/** Why a change failed. */
export type Trouble =
  | 'data' // its own data are refused or not understood: a retry changes nothing
  | 'passing' // the database is away, busy or full: other changes fail as well, and a retry works later
  | 'unknown';

interface Meaning {
  readonly is: Trouble;
  /** PostgreSQL can't be reached right now. */
  readonly isAway?: true;
  /** A sentence about what has run out or refuses changes. */
  readonly says?: string;
}

const data: Meaning = { is: 'data' };
const passing: Meaning = { is: 'passing' };
const away: Meaning = { is: 'passing', isAway: true };
const exhausted = (says: string): Meaning => ({ is: 'passing', says });
const untilMended = 'nothing can be stored until that is mended';

/** By SQLSTATE, by its class (the first two characters), and by codes of the system. */
const meanings: Readonly<Record<string, Meaning>> = {
  '08': passing, // connections
  '08000': away,
  '08001': away,
  '08003': away,
  '08004': away,
  '08006': away,
  '21': data, // more rows than there may be
  '22': data, // values
  '23': data, // constraints
  '25006': exhausted(`The database is read-only: ${untilMended}.`),
  '40': passing, // roll-backs, to be tried again
  '53': passing, // resources
  '53000': exhausted(`The database is out of resources: ${untilMended}.`),
  '53100': exhausted(`The disk of the database is full: ${untilMended}.`),
  '53200': exhausted('The database is out of memory: some requests can not be served until it has more.'),
  '53300': { ...away, says: 'The database has no connection left to give.' },
  '53400': exhausted(`The database has reached a limit of its settings: ${untilMended}.`),
  '54': data, // limits of the program
  '55': passing, // locks
  '57': passing, // operators at work
  '57P01': away,
  '57P02': away,
  '57P03': away,
  '57P05': away,
  '58': passing, // the system under it
  '58000': exhausted(`The system under the database fails: ${untilMended}.`),
  '58030': exhausted(`The disk of the database fails: ${untilMended}.`),
  EAI_AGAIN: away,
  ECONNREFUSED: away,
  ECONNRESET: away,
  ENOENT: away,
  ENOTFOUND: away,
  EPIPE: away,
  ETIMEDOUT: away,
  ENOSPC: exhausted('The disk of this server is full: nothing can be stored until there is room.'),
  EDQUOT: exhausted('The disk quota of this server is used up: nothing can be stored until there is room.'),
  EROFS: exhausted('The disk of this server is read-only: nothing can be stored.'),
  EIO: exhausted('The disk of this server fails: nothing can be stored.'),
  EMFILE: exhausted('This server has as many files open as the system lets it.'),
  ENFILE: exhausted('The system this server runs on has as many files open as it can.'),
};

const isSystemCode = (code: string) => /^E[A-Z0-9_]+$/.test(code);
/** System calls of a connection to the database; in other calls the same codes are about files. */
const networkCalls: readonly unknown[] = ['connect', 'read', 'write', 'getaddrinfo'];

/** Messages of pg about a lost database that have no code. */
const awayWords =
  /^(Connection terminated|Connection lost|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after|Client was closed|Query read timeout)/;
/** Other words of messages that are not about wrong data. */
const passingWords = /connection|connect|terminated|timeout|timed out|pool/i;
const errorsOfUnderstanding = [TypeError, RangeError, SyntaxError, URIError];

function meaningOf(code: string): Meaning | undefined {
  const names = isSystemCode(code) ? [code] : code.length === 5 ? [code, code.slice(0, 2)] : [];
  const name = names.find((key) => Object.hasOwn(meanings, key));
  return name === undefined ? undefined : meanings[name];
}

/** Why a change failed, to decide whether to retry it. */
export function troubleOf(error: unknown): Trouble {
  if (errorsOfUnderstanding.some((kind) => error instanceof kind)) return 'data';
  const code = errorCode(error);
  if (code !== undefined) return meaningOf(code)?.is ?? (isSystemCode(code) ? 'passing' : 'unknown');
  const hasWords =
    error instanceof Error && (awayWords.test(error.message) || passingWords.test(error.message));
  return hasWords ? 'passing' : 'unknown';
}

/** Whether an error means that PostgreSQL can't be reached right now, rather than that a query is wrong. */
export function isDatabaseAway(error: unknown): error is Error {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  if (!(error instanceof Error)) return false;
  const code = errorCode(error);
  if (code === undefined || !meaningOf(code)?.isAway) return awayWords.test(error.message);
  return !isSystemCode(code) || networkCalls.includes((error as NodeJS.ErrnoException).syscall);
}

/** A sentence about what has run out (disk, memory, files …) when that is why something failed, else undefined. */
export function exhaustedOf(error: unknown): string | undefined {
  return exhaustedBy(errorCode(error));
}

export function exhaustedBy(code: string | undefined): string | undefined {
  return code === undefined ? undefined : meaningOf(code)?.says;
}
