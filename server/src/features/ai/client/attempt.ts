import { setTimeout as pause } from 'node:timers/promises';
import { type Outcome, ProviderTrouble } from './trouble.ts';

const pauseMs = 200;
const pauseMsMax = 2_000;

/**
 * Does it, and once more after trouble that passes, all before the deadline. A server that asks for more than two seconds
 * of patience is not asked again.
 * @throws ProviderTrouble
 */
export async function withOneRetry<T>(work: () => Promise<T>, leftMs: () => number): Promise<T> {
  try {
    return await work().catch(asTrouble);
  } catch (error) {
    if (!(error instanceof ProviderTrouble) || !error.isPassing) throw error;
    const waitMs = error.retryAfterMs ?? pauseMs;
    if (waitMs > pauseMsMax || waitMs >= leftMs()) throw error;
    await pause(waitMs);
    return await work().catch(asTrouble);
  }
}

/** The trouble behind an error of the library; whatever else it throws means that it could not read the answer. */
function asTrouble(error: unknown): never {
  let one: unknown = error;
  for (let depth = 0; one instanceof Error && depth < 10; depth++, one = one.cause) {
    if (one instanceof ProviderTrouble) throw one;
  }
  const outcome: Exclude<Outcome, 'ok'> = 'unreadable';
  const name = error instanceof Error ? error.name : '';
  // A fault of ours is no answer of theirs.
  if (!name.startsWith('AI_')) throw error;
  throw new ProviderTrouble(outcome, { message: String(error) });
}
