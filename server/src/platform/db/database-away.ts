const sqlStates = ['57P01', '57P02', '57P03', '57P05', '53300', '08000', '08001', '08003', '08004', '08006'];
const systemCodes = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'];
/** What pg says in words alone. */
const sentences =
  /^(Connection terminated|Connection lost|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after|Client was closed|Query read timeout)/;

/** Whether an error means that PostgreSQL can't be reached right now, rather than that a query is wrong. */
export function isDatabaseAway(error: unknown): error is Error {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code && sqlStates.includes(code)) return true;
  if (code && systemCodes.includes(code))
    return ['connect', 'read', 'write', 'getaddrinfo'].includes(syscall ?? '');
  return sentences.test(error.message);
}
