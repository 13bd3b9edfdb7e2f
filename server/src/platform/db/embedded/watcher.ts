import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../database-unusable.ts';
import type { Places } from './places.ts';

/** The open pipe that marks this process as a user of a server; the system closes it when the process dies. */
export interface Use {
  readonly pid: number;
  end(): Promise<void>;
}

const joinMsMax = 5000;
const pollMs = 5;

/**
 * Runs beside a server, in a session of its own: ends it cleanly (SIGINT) when no process of ours has had the pipe
 * open for some seconds, and ends with the server. Reading returns at once when no process has the pipe open for
 * writing, and blocks otherwise; a process that joins writes a line. Relative paths, because the folder may be renamed.
 */
const script = `
  cd "$1" || exit
  pipe=$2 server=$3 seconds=$4 seen= idle=0
  alive() {
    kill -0 "$server" || return
    if read -r number <postmaster.pid; then seen=yes; [ "$number" = "$server" ]; else [ -z "$seen" ]; fi
  }
  [ -p "$pipe" ] || mkfifo -m 600 "$pipe" || exit
  exec 4<>"$pipe" 3<"$pipe" 4>&-
  while alive; do
    if read -r line <&3; then idle=0
    elif [ "$idle" -ge "$seconds" ]; then kill -INT "$server"; break
    else idle=$((idle + 1)); alive && sleep 1
    fi
  done
  rm -f "$pipe"`;

/** The pipe of a server, in its private socket folder. */
export const watcherPipe = (socketDir: string, pid: number): string => join(socketDir, `watch.${pid}`);

/**
 * Marks this process as a user of a server, and starts the server's watcher if it has none. Undefined when no watcher can
 * run here (without a shell, say): then a server whose last process is killed runs on until the next start.
 */
export async function useServer(
  { databaseDir, runAs }: Places,
  socketDir: string,
  pid: number,
  lingerSeconds: number,
): Promise<Use | undefined> {
  const pipe = watcherPipe(socketDir, pid);
  const giveUpAt = Date.now() + joinMsMax;
  let isStarted = false;
  let failed = false;
  while (!failed && Date.now() < giveUpAt) {
    const file = await openPipe(pipe);
    if (file) return { pid, end: () => file.close() };
    if (!isStarted) {
      isStarted = true;
      const args = ['-c', script, 'multiwa-watcher', databaseDir, pipe, String(pid), String(lingerSeconds)];
      const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
      const child = spawn('/bin/sh', args, { cwd: '/', env, stdio: 'ignore', detached: true, ...runAs });
      child.once('error', () => {
        failed = true;
      });
      child.once('exit', () => {
        failed = true;
      });
      child.unref();
    }
    await pause(pollMs);
  }
  return undefined;
}

/** Opens the pipe for writing; undefined while no watcher reads it. */
async function openPipe(pipe: string): Promise<FileHandle | undefined> {
  const file = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (['ENOENT', 'ENXIO'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    await file.write('\n');
    return file;
  } catch (error) {
    // The watcher ended between the two: it is as if there had been none.
    await file.close();
    if (errorCode(error) === 'EPIPE') return undefined;
    throw error;
  }
}
