import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Places } from './places.ts';
import { isGone, isServerOf } from './postmaster.ts';
import { makeSocketDir } from './socket-dir.ts';

const goneMsMax = 10_000;

/**
 * Ends a server whose database folder was deleted. It can't be used any more, but it would occupy the socket of the
 * new server until it notices, up to a minute later.
 */
export async function endOrphan(places: Places): Promise<void> {
  const lock = join(await makeSocketDir(places), '.s.PGSQL.5432.lock');
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n', 1)[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isServerOf(pid, places.databaseDir))) return;
  process.kill(pid, 'SIGQUIT');
  await isGone(pid, places.databaseDir, goneMsMax);
}
