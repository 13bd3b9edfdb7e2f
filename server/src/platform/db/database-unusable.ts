/** The database can't serve this start. The message is a sentence for the operator, ready to print. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
}

/** The SQLSTATE of a server's refusal, or the system's code (`ECONNREFUSED`), of anything thrown. */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
