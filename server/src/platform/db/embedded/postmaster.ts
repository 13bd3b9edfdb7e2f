import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, fchownSync, openSync } from 'node:fs';
import { readFile, readlink, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorCode } from '../database-unusable.ts';
import { programEnvironment } from './binaries.ts';
import type { Places } from './places.ts';
import { makeSocketDir } from './socket-dir.ts';

/** The server that `postmaster.pid` names for a database folder, and whether that process is alive. */
export interface Postmaster {
  pid: number;
  socketDir: string;
  alive: boolean;
}

const logBytesMax = 10_000_000;
const endPollMs = 10;
const settingsAlways = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  shared_buffers: '64MB',
  max_connections: '100',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  jit: 'off',
  // Each look begins a process for each database: every five seconds they were most of what an idle server costs.
  autovacuum_naptime: '30s',
};

/** Reads which server has a database folder; undefined when none does. */
export async function readPostmaster(databaseDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(databaseDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pidLine, , , , socketDir] = text.split('\n');
  const pid = Number(pidLine);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, socketDir: socketDir ?? '', alive: await isServerOf(pid, databaseDir) };
}

/**
 * Whether a process is a PostgreSQL server of that folder. The process id alone proves nothing: after a
 * `kill -9` and a reboot, or in a container, another program soon has the same id.
 */
export async function isServerOf(pid: number, databaseDir: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  if (process.platform === 'linux') {
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (basename(words[0] ?? '') !== 'postgres') return false;
    // The working directory of a server is its folder, even after the folder was renamed.
    return (
      words.includes(databaseDir) || (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === databaseDir
    );
  }
  const ps = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return ps.stdout.includes('postgres') && ps.stdout.includes(databaseDir);
}

/** Waits until that server has ended; false when it still runs after `waitMsMax`. */
export async function isGone(pid: number, databaseDir: string, waitMsMax: number): Promise<boolean> {
  const giveUpAt = Date.now() + waitMsMax;
  while (await isServerOf(pid, databaseDir)) {
    if (Date.now() > giveUpAt) return false;
    await pause(endPollMs);
  }
  return true;
}

/**
 * Starts a server. It gets a session of its own, so that Ctrl-C in a terminal ends this process and not the server,
 * and it writes to a file, so that it can outlive this process.
 */
export async function launch(
  places: Places,
  settings: Record<string, string>,
  stalePid: number | undefined,
): Promise<{ process: ChildProcess; socketDir: string }> {
  const { databaseDir, nativeDir, linksDir, logFile, runAs } = places;
  const socketDir = await makeSocketDir(places);
  const all = { ...settingsAlways, unix_socket_directories: socketDir, ...settings };
  const args = [
    '-D',
    databaseDir,
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const env = programEnvironment(nativeDir, linksDir);
  // PostgreSQL takes any live process with the number in a leftover postmaster.pid for a server, except its
  // "grandparent": naming the stale number so makes it look closer (it still checks for shared memory in use).
  if (stalePid !== undefined) env.PG_GRANDPARENT_PID = String(stalePid);
  if (((await stat(logFile).catch(() => undefined))?.size ?? 0) > logBytesMax)
    await rename(logFile, `${logFile}.1`);
  const out = openSync(logFile, 'a', 0o600);
  try {
    if (runAs) fchownSync(out, runAs.uid, runAs.gid);
    const child = spawn(join(nativeDir, 'bin', 'postgres'), args, {
      cwd: '/',
      env,
      stdio: ['ignore', out, out],
      detached: true,
      ...runAs,
    });
    child.unref();
    return { process: child, socketDir };
  } finally {
    closeSync(out);
  }
}

/** The end of the server's own log, for a message. */
export async function logTail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-8).join('\n');
}
