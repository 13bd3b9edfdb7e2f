import { Failure, type FailureCode } from '../failures.ts';
import { errorCode } from './database-unusable.ts';

const uniqueViolation = '23505';

/**
 * Runs the work; when another row has the value of this unique constraint, fails with the code. Only the database can
 * decide that between two transactions at once.
 */
export async function whenTaken<Result>(
  constraint: string,
  code: FailureCode,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isTaken =
      errorCode(error) === uniqueViolation && (error as { constraint?: string }).constraint === constraint;
    throw isTaken ? new Failure(code, { cause: error }) : error;
  }
}
