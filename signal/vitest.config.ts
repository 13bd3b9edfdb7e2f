import { defineConfig } from 'vitest/config';
import { everyProject } from '../vitest.workers.ts';

export default defineConfig({
  test: {
    ...everyProject,
    name: '@multiwa/signal',
    include: ['test/**/*.test.ts'],
    isolate: false,
  },
});
