import { defineConfig } from 'vitest/config';

/** The full numbers of the proofs that `npm test` holds in small. */
export default defineConfig({
  test: {
    include: ['long/**/*.long.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 1_800_000,
  },
});
