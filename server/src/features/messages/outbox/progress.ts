import { createTurns } from '../../../platform/concurrency/in-turn.ts';

/** What became of messages, and what their receivers acknowledge, is gathered for so long and written at once. */
export const gatherMs = 25;

/** Does the work when no other of its kind is under way: outcomes and receipts change the same rows. */
export type Alone = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createAlone(): Alone {
  const turns = createTurns();
  return (work) => turns.inTurn('progress', work);
}
