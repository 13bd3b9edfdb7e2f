import { fileURLToPath } from 'node:url';

/** What the programs that tests start have in common: they compile each module once, not once per process. */
export const compiled = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/multiwa-tests', import.meta.url)),
};
