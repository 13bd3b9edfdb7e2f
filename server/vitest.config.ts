import { defineConfig } from 'vitest/config';
import { maxWorkers } from '../vitest.workers.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    // Files share the modules their worker has loaded: half the time of a small file is loading them.
    isolate: false,
    // Patience for machines that are busy with something else: a test that hangs hangs longer than this.
    maxWorkers,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
