import type { Clock } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';

/** A moment of a body. @throws Failure VALIDATION_ERROR for one that is over. */
export function futureMoment(text: string | undefined, path: string, clock: Clock): Date | undefined {
  if (text === undefined) return undefined;
  const moment = new Date(text);
  if (moment > clock.now()) return moment;
  throw new Failure('VALIDATION_ERROR', { details: [{ path, problem: 'must be in the future' }] });
}
