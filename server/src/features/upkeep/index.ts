import Type from 'typebox';
import type { Feature } from '../../platform/feature.ts';
import { defineJob } from '../../platform/jobs/define.ts';

const purgeExpired = defineJob({
  name: 'upkeep.purge-expired',
  payload: Type.Object({}),
  cron: '17 * * * *',
  attemptsMax: 1,
});

/** Forgets, once an hour, what other parts keep for a limited time. Running twice changes nothing. */
export function createUpkeep(deps: { purges: readonly (() => Promise<unknown>)[] }): { feature: Feature } {
  async function purge(_: object, signal: AbortSignal): Promise<void> {
    for (const one of deps.purges) if (!signal.aborted) await one();
  }
  return { feature: { name: 'upkeep', jobs: [purgeExpired.runs(purge)] } };
}
