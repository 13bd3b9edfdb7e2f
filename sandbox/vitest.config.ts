import { configDefaults, defineConfig } from 'vitest/config';
import { everyProject } from '../vitest.workers.ts';
import alone from './vitest.alone.config.ts';

export default defineConfig({
  test: {
    ...everyProject,
    name: '@multiwa/sandbox',
    include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(alone.test?.include ?? [])],
    // Files share the modules their worker has loaded: half the time of a small file is loading them.
    isolate: false,
  },
});
