import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../db/transaction.ts';
import { headOfLog, isUnnumbered, lastPosition } from './events.store.ts';

const lookMs = 5;
/** A relay that is away for longer is in trouble; then the page is what it has numbered. */
const waitMsMax = 1_000;

/**
 * The newest position, once all that was recorded before the question has one: numbering comes some milliseconds after
 * a commit, and who has read a change must not read a page without its event.
 */
export async function headWithAllRecorded(db: Db): Promise<number> {
  const { position, unnumbered } = await headOfLog(db);
  if (unnumbered === 0) return position;
  const endsAt = performance.now() + waitMsMax;
  do await pause(lookMs);
  while ((await isUnnumbered(db, unnumbered)) && performance.now() < endsAt);
  return lastPosition(db);
}
