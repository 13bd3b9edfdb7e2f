import { defineConfig } from 'vitest/config';
import { everyProject } from '../vitest.workers.ts';

/** Tests that change what their whole process shares, so each file has one to itself. */
export default defineConfig({
  test: {
    ...everyProject,
    name: '@multiwa/sandbox, alone',
    include: ['test/strict.test.ts'],
  },
});
