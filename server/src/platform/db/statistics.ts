import type { DatabaseLog } from './database-log.ts';
import { analyzeGrown } from './statistics.store.ts';
import type { Db } from './transaction.ts';

const lookEveryMs = 5_000;

/**
 * A server looks at its tables by itself once or twice a minute, one of the operator's may be told never to. Until it does,
 * plans are those of empty tables: by then the first campaign has gone out with them. Answers how to stop.
 */
export function watchGrowth(db: Db, log: DatabaseLog): () => void {
  let isLooking = false;
  let isFailing = false;
  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      await analyzeGrown(db);
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'The sizes of tables could not be looked at; trying on');
      isFailing = true;
    }
    isLooking = false;
  }
  const timer = setInterval(() => void look(), lookEveryMs).unref();
  return () => clearInterval(timer);
}
