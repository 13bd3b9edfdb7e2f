import { Failure, type FailureCode } from '../failures.ts';
import { errorCode } from './database-unusable.ts';

const uniqueViolation = '23505';

/** Whether the statement failed because another row has a value that only one may have. */
export const isTaken = (error: unknown): boolean => errorCode(error) === uniqueViolation;

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
    const isThisOne = isTaken(error) && (error as { constraint?: string }).constraint === constraint;
    throw isThisOne ? new Failure(code, { cause: error }) : error;
  }
}
