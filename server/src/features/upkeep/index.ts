import Type from 'typebox';
import type { Feature } from '../../platform/feature.ts';
import { defineJob } from '../../platform/jobs/define.ts';
import type { Log } from '../../platform/log.ts';

const purgeExpired = defineJob({
  name: 'upkeep.purge-expired',
  payload: Type.Object({}),
  cron: '17 * * * *',
  attemptsMax: 1,
});

/** Forgets, once an hour, what other parts keep for a limited time. */
export function createUpkeep(deps: { log: Log; features: readonly Feature[] }): { feature: Feature } {
  async function purge(_: object, signal: AbortSignal): Promise<void> {
    for (const { name, purge } of deps.features) {
      // One that fails keeps no other from forgetting; in an hour it has another chance.
      await (signal.aborted ? undefined : purge?.())?.catch((err: unknown) =>
        deps.log.warn({ err, feature: name }, 'What is kept for a limited time could not be removed'),
      );
    }
  }
  return { feature: { name: 'upkeep', jobs: [purgeExpired.runs(purge)] } };
}
