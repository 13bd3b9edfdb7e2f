import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { Log } from './platform/log.ts';

/** What the dashboard is made of, from the root of the repository. */
const sources = [
  'web/src',
  'web/public',
  'web/index.html',
  'web/vite.config.ts',
  'web/package.json',
  'sdk/src',
];

export interface DashboardBuild {
  /** From the start until the page is there, or could not be made. */
  isUnderWay(): boolean;
  /** Makes it in a process beside this one. */
  begin(log: Log): void;
}

/**
 * Whether the dashboard of this repository has to be built anew: there is none, or it is older than what it is made of.
 * Where its tools are not installed it stays as it is.
 */
export async function dashboardBuild(root: string): Promise<DashboardBuild> {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const isPossible = existsSync(vite) && existsSync(join(root, 'web/src'));
  let isUnderWay = isPossible && (await isStale(root));
  return {
    isUnderWay: () => isUnderWay,
    begin(log) {
      if (!isUnderWay) return;
      const child = spawn(process.execPath, [vite, 'build', 'web', '--logLevel', 'error'], {
        cwd: root,
        // Nothing of what the server was given.
        env: { NODE_ENV: 'production' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      yieldTo(child);
      let complaints = '';
      child.stderr.on('data', (text: Buffer) => {
        complaints = (complaints + text.toString()).slice(-4_000);
      });
      const stop = () => void child.kill();
      process.once('exit', stop);
      const ended = (problem?: string) => {
        isUnderWay = false;
        process.off('exit', stop);
        if (problem) log.error({ problem }, 'the dashboard could not be built');
        else log.info('the dashboard is built');
      };
      child.once('error', (error) => ended(error.message));
      child.once('exit', (code) => ended(code === 0 ? undefined : complaints || `it ended with ${code}`));
    },
  };
}

async function isStale(root: string): Promise<boolean> {
  const built = await stat(join(root, 'web/dist/index.html')).catch(() => undefined);
  if (!built) return true;
  const changed = await Promise.all(sources.map((path) => newestIn(join(root, path))));
  return Math.max(...changed) > built.mtimeMs;
}

/** When the youngest file of a folder was changed, or the file itself; a folder counts, for a file may have left it. */
async function newestIn(path: string): Promise<number> {
  const own = await stat(path).catch(() => undefined);
  if (!own) return 0;
  if (!own.isDirectory()) return own.mtimeMs;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const times = await Promise.all(
    entries.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).mtimeMs),
  );
  return Math.max(own.mtimeMs, ...times);
}

/** It takes its time where the server has something to do. */
function yieldTo({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not let us.
  }
}
