import type { Clock } from '../../platform/clock.ts';
import { batched } from '../../platform/concurrency/batched.ts';
import type { Log } from '../../platform/log.ts';
import type { Settled } from './attempts.sql.ts';
import type { DeliveryQueue } from './delivery-queue.store.ts';

/**
 * Records successful attempts; those that arrive while a statement runs share the next one. Resolves when the attempt is
 * recorded; if that fails, the delivery is attempted again when its claim runs out.
 */
export function createSettler(deps: {
  clock: Clock;
  log: Log;
  queue: DeliveryQueue;
}): (settled: Settled) => Promise<void> {
  return batched(async (settled) => {
    try {
      await deps.queue.succeed(settled, deps.clock.now());
    } catch (error) {
      const deliveryIds = settled.map(({ claim }) => claim.id);
      deps.log.error({ err: error, deliveryIds }, 'Webhook successes could not be recorded');
    }
  });
}
