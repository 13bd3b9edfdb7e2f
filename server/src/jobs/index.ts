import type { Feature } from '../platform/feature.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';

/**
 * Opens the queues of all features and begins their jobs.
 * @throws Error with a sentence for a job nobody does, or a name used twice.
 */
export async function startJobs(jobs: Jobs, features: readonly Feature[]): Promise<void> {
  jobs.bind(
    features.flatMap((feature) => feature.jobs ?? []),
    features.flatMap((feature) => feature.enqueues ?? []),
  );
  await jobs.start();
}
