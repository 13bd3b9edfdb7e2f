import { type ReactNode, useSyncExternalStore } from 'react';
import { formatExact, formatWhen } from '../../words/index.ts';

const everyMs = 20_000;
const hearers = new Set<() => void>();
let now = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;

/** One clock for all of them. */
function subscribe(hear: () => void): () => void {
  hearers.add(hear);
  ticking ??= setInterval(() => {
    now = Date.now();
    for (const each of hearers) each();
  }, everyMs);
  return () => {
    hearers.delete(hear);
    if (hearers.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** A moment: relative within an hour, else absolute; the exact one on hover. */
export function Time({ at }: { at: string | number | Date }): ReactNode {
  useSyncExternalStore(subscribe, () => now);
  const moment = new Date(at);
  return (
    <time dateTime={moment.toISOString()} title={formatExact(moment)}>
      {formatWhen(moment)}
    </time>
  );
}
