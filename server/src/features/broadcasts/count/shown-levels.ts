import type { BroadcastRow } from '../broadcasts.store.ts';
import { level, type PublicState } from './levels.ts';

const { pending, deferred, queued } = level;

/** Who still waited when the campaign was cancelled counts as cancelled, though their rows were left as they are. */
export function shownLevels(
  state: PublicState,
  { cancelled_at }: Pick<BroadcastRow, 'cancelled_at'>,
): number[] {
  if (state === 'pending') return cancelled_at ? [queued] : [pending, deferred, queued];
  if (state === 'cancelled' && cancelled_at) return [pending, deferred, level.cancelled];
  return [level[state]];
}
