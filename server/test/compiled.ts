import { fileURLToPath } from 'node:url';

/** The networks that tests start compile each module once, not once per process, as the server does by itself. */
export const compiled = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/multiwa-tests', import.meta.url)),
};
