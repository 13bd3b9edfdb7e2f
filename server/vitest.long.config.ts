import { defineConfig } from 'vitest/config';

/** The full numbers of the proofs that `npm test` holds in small. */
export default defineConfig({
  test: {
    include: ['long/**/*.long.ts'],
    globalSetup: 'test/global-setup.ts',
    setupFiles: 'test/watch-transactions.ts',
    pool: 'forks',
    fileParallelism: false,
    env: { TEST_LONG: '1' },
    testTimeout: 900_000,
    hookTimeout: 60_000,
  },
});
