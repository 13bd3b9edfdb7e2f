import { configDefaults, defineConfig } from 'vitest/config';
import { maxWorkers } from '../vitest.workers.ts';
import alone from './vitest.alone.config.ts';

export default defineConfig({
  test: {
    name: '@multiwa/sandbox',
    include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(alone.test?.include ?? [])],
    // Files share the modules their worker has loaded: half the time of a small file is loading them.
    isolate: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers,
  },
});
