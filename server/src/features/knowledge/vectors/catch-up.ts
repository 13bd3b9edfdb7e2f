import { type Clock, later, minuteMs } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { Log } from '../../../platform/log.ts';
import type { Embedding } from './embed.ts';

const profilesMax = 1_000;

/**
 * What a search does that found chunks without a vector of the model in force (embeddings were switched on later, or the
 * model was changed): asks for them, for each profile once in ten minutes.
 */
export function createCatchUp(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  embedding: Pick<Embedding, 'enqueue'>;
}) {
  const restsUntil = new Map<string, Date>();

  return (organizationId: string, profileId: string): void => {
    const now = deps.clock.now();
    if ((restsUntil.get(profileId) ?? now) > now) return;
    if (restsUntil.size >= profilesMax) restsUntil.clear();
    restsUntil.set(profileId, later(now, 10 * minuteMs));
    inTransaction(deps.db, (tx) => deps.embedding.enqueue(tx, organizationId, profileId)).catch(
      (err: unknown) => deps.log.warn({ err }, 'vectors of knowledge are asked for later'),
    );
  };
}
