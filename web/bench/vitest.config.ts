import { defineConfig } from 'vitest/config';
import base from '../vitest.config.ts';

/** `npm run bench:web`: figures of the dashboard, printed. Only bounds that must hold on every machine are asserted. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['bench/**/*.bench.ts'], testTimeout: 900_000 },
});
