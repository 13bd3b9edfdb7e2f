import { existsSync } from 'node:fs';
import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, '..', '..', 'node_modules');
/** Beside a bundle, among what npm installs otherwise. */
const folder = existsSync(join(here, 'sandbox.js'))
  ? join(here, '.cache')
  : join(modules, '.cache', 'multiwa');

// What is compiled once need not be compiled at the next start. Where nothing can be written nothing is kept.
enableCompileCache(folder);

/** Where compiled code is kept, for processes that this one starts; undefined when it is not. */
export const compileCache = getCompileCacheDir() === undefined ? undefined : folder;
