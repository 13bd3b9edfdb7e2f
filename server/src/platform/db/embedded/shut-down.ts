import { rm, rmdir } from 'node:fs/promises';
import type { DatabaseLog } from '../database-log.ts';
import type { Places } from './places.ts';
import { isGone, readPostmaster } from './postmaster.ts';
import { knock } from './socket.ts';
import { watcherPipe } from './watcher.ts';

/** A shutdown writes the memory to disk; a server that takes longer is killed and recovers at the next start. */
const fastMsMax = 60_000;

/** Ends the server of a database folder if no other process uses it, and waits until it is gone. */
export async function shutDown(places: Places, log: DatabaseLog): Promise<void> {
  const postmaster = await readPostmaster(places.databaseDir);
  if (!postmaster?.alive) return;
  const others = await countOthers(postmaster.socketDir);
  if (others > 0) {
    log.info({ others }, 'The database server is left running: another process uses it');
    return;
  }
  process.kill(postmaster.pid, 'SIGINT');
  if (!(await isGone(postmaster.pid, places.databaseDir, fastMsMax))) {
    log.warn({ pid: postmaster.pid }, 'The database server does not end; cutting it off');
    process.kill(postmaster.pid, 'SIGQUIT');
    await isGone(postmaster.pid, places.databaseDir, 10_000);
  }
  await rm(watcherPipe(postmaster.socketDir, postmaster.pid), { force: true });
  await rmdir(postmaster.socketDir).catch(() => undefined);
}

async function countOthers(socketDir: string): Promise<number> {
  const client = await knock(socketDir, 'postgres');
  if (typeof client === 'string') return 0;
  try {
    const { rows } = await client.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
       where backend_type = 'client backend' and application_name <> current_setting('application_name')`,
    );
    return rows[0]?.others ?? 0;
  } catch {
    return 0;
  } finally {
    await client.end();
  }
}
