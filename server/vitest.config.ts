import { defineConfig } from 'vitest/config';
import { everyProject } from '../vitest.workers.ts';

export default defineConfig({
  test: {
    ...everyProject,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    // Files share the modules their worker has loaded: half the time of a small file is loading them.
    isolate: false,
  },
});
