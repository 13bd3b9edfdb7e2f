import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Every page and part once more as React builds them for development: there it complains of what it only suspects. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/pages.test.ts', 'test/parts.test.ts'],
    globalSetup: 'test/development-setup.ts',
    maxWorkers: 1,
  },
});
