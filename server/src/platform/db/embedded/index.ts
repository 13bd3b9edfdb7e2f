import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClientConfig } from 'pg';
import type { DatabaseLog } from '../database-log.ts';
import { findBinaries, linkLibraries } from './binaries.ts';
import { bringUp, type Running } from './bring-up.ts';
import { ensureCluster } from './cluster.ts';
import { choosePlaces, recordPlaces } from './places.ts';
import { abandonedDatabases } from './record.ts';
import { shutDown } from './shut-down.ts';
import { socketConfig } from './socket.ts';
import { underStartLock } from './start-lock.ts';

export interface EmbeddedOptions {
  /** The folder of the installation; the database is below it if PostgreSQL's user can enter it. */
  dataDir: string;
  log: DatabaseLog;
  /** Whether `stop()` ends the server (default) or leaves it running for the next process to adopt. */
  stopOnClose?: boolean;
  /** Seconds the server runs on after the last process that uses it was killed; 30 by default. */
  lingerSeconds?: number;
  /** Settings of PostgreSQL over ours, by name; `fsync: 'off'` also hastens the first start. */
  settings?: Record<string, string>;
  /** When aborted, ends a start that is under way: no process stays running and no half-made folder stays. */
  signal?: AbortSignal | undefined;
}
/** The PostgreSQL of this installation, running until `stop()`, started again by itself if it is killed. */
export interface EmbeddedPostgres {
  /** How to connect to one of its databases; `multiwa` exists. */
  poolConfig(database: string): ClientConfig;
  databaseDir: string;
  /** Why the database is not in the data folder; absent when it is. */
  moved: string | undefined;
  /** The server was started by another process. */
  adopted: boolean;
  /** This start has created the database. */
  firstStart: boolean;
  /** Ends the server, unless another process still uses it. Close every pool first. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that npm installed, or adopts the one a killed process left running.
 * Throws DatabaseUnusable with a sentence when this machine can't run it.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, settings = {}, stopOnClose = true, lingerSeconds = 30, signal } = options;
  const bringUpOptions = { settings, lingerSeconds };
  const binaries = await findBinaries();
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const lockFile = join(dataDir, 'postgres.lock');
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => underStartLock(lockFile, work);
  const start = async () => {
    const places = await choosePlaces(dataDir, binaries);
    await recordPlaces(dataDir, places, false);
    await linkLibraries(places.nativeDir, places.linksDir);
    const firstStart = await ensureCluster(places, settings.fsync !== 'off', signal);
    await recordPlaces(dataDir, places, true);
    const abandoned = places.moved ? await abandonedDatabases() : [];
    if (abandoned.length > 0)
      log.warn({ abandoned }, 'Databases whose data folder is gone: remove what is not needed');
    return { places, firstStart, running: await bringUp(places, bringUpOptions, signal) };
  };
  const { places, firstStart, running } = await underStartLock(lockFile, start, signal);
  const guard = guardServer(running, () => inTurn(() => bringUp(places, bringUpOptions)), log);
  return {
    poolConfig: (database) => socketConfig(running.socketDir, database),
    databaseDir: places.databaseDir,
    moved: places.moved,
    adopted: running.adopted,
    firstStart,
    async stop() {
      await guard.end();
      if (stopOnClose) await inTurn(() => shutDown(places, log));
      await guard.leave();
    },
  };
}

/** Keeps one connection open, whose end shows at once that the server is gone, and starts it again. */
function guardServer(
  first: Running,
  bringUpAgain: () => Promise<Running>,
  log: DatabaseLog,
): { end(): Promise<void>; leave(): Promise<void> } {
  let { client, use } = first;
  let ending: AbortController | undefined = new AbortController();
  let repair: Promise<void> = Promise.resolve();

  const watch = (): void => {
    client.once('end', () => {
      if (!ending) return;
      log.warn({}, 'The database server is gone; starting it again');
      repair = restart(ending.signal);
    });
  };
  const restart = async (signal: AbortSignal): Promise<void> => {
    for (let waitMs = 50; !signal.aborted; waitMs = Math.min(waitMs * 2, 10_000)) {
      try {
        await use?.end();
        ({ client, use } = await bringUpAgain());
        log.info({}, 'The database server is up again');
        return watch();
      } catch (error) {
        log.error({ err: error }, 'The database server could not be started again; trying on');
        await pause(waitMs, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  watch();
  if (!use) log.warn({}, 'The database server has no watcher: it will run on if this process is killed');
  return {
    async end() {
      const aborted = ending;
      ending = undefined;
      aborted?.abort();
      await repair;
      await client.end();
    },
    async leave() {
      await use?.end();
    },
  };
}
