import { defineConfig } from 'vitest/config';
import base from '../vitest.config.ts';

/** `npm run pictures`: draws the pictures of the documentation from the dashboard as it is. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['pictures/**/*.picture.ts'] },
});
