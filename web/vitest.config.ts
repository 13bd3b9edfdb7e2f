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
    // One browser for all files, and one file at a time in it, behind the other projects.
    isolate: false,
    // A busy machine takes its time; what comes late is no fault.
    expect: { poll: { timeout: 60_000 } },
    fileParallelism: false,
    sequence: { groupOrder: 1 },
  },
});
