import { defineConfig } from 'vitest/config';
import { maxWorkers } from '../vitest.workers.ts';

/** Tests that change what their whole process shares, so each file has one to itself. */
export default defineConfig({
  test: {
    name: '@multiwa/sandbox, alone',
    include: ['test/strict.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers,
  },
});
