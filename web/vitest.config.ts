import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { everyProject } from '../vitest.workers.ts';

export default defineConfig({
  resolve: { alias: { '@multiwa/sdk': fileURLToPath(new URL('../sdk/src/index.ts', import.meta.url)) } },
  test: {
    ...everyProject,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    // A browser for each of two workers, behind the other projects: journeys wait for a page more than they compute.
    isolate: false,
    maxWorkers: 2,
    // A busy machine takes its time; what comes late is no fault.
    expect: { poll: { timeout: 60_000 } },
    sequence: { groupOrder: 1 },
  },
});
