import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { DatabaseUnusable } from '../database-unusable.ts';
import { cannotSpawn } from './cluster.ts';
import { endOrphan } from './orphan.ts';
import type { Places } from './places.ts';
import { launch, logTail, readPostmaster } from './postmaster.ts';
import { knock } from './socket.ts';
import { type Use, useServer } from './watcher.ts';

/** A server that answers: a connection to its `multiwa` database, its socket, and whether it was running already. */
export interface Running {
  client: Client;
  socketDir: string;
  adopted: boolean;
  /** Absent where no watcher can run. */
  use: Use | undefined;
}

/** How to start a server, and how long it outlives the last process that uses it. */
export interface BringUpOptions {
  settings: Record<string, string>;
  lingerSeconds: number;
}

const pollMs = 8;
/** A server that recovers from a crash may take minutes to replay; one that neither serves nor ends is stuck. */
const waitMsMax = 300_000;
/** How long to wait for the remaining processes of a killed server. */
const remainsMsMax = 30_000;
const takeDownMsMax = 10_000;

/**
 * Finds the server of a database folder or starts one, and waits until it serves. Call it under the start
 * lock. Waits for a server that is starting or stopping because its parent was killed.
 */
export async function bringUp(
  places: Places,
  { settings, lingerSeconds }: BringUpOptions,
  signal?: AbortSignal,
): Promise<Running> {
  const giveUpAt = Date.now() + waitMsMax;
  const remainsGoneBy = Date.now() + remainsMsMax;
  let child: ReturnType<typeof watched> | undefined;
  let use: Use | undefined;
  const join = async (socketDir: string, pid: number) => {
    if (use?.pid === pid) return;
    await use?.end();
    use = await useServer(places, socketDir, pid, lingerSeconds);
  };
  while (Date.now() < giveUpAt) {
    if (signal?.aborted) {
      await takeDown(child);
      await use?.end();
      throw signal.reason;
    }
    const postmaster = await readPostmaster(places.databaseDir);
    if (postmaster?.alive) {
      const { pid, socketDir } = postmaster;
      // Joined before the connection: a server without users may be about to end.
      await join(socketDir, pid);
      const client = await connectTo(socketDir);
      if (client) return { client, socketDir, adopted: pid !== child?.process.pid, use };
    } else if (child === undefined) {
      if (!postmaster) await endOrphan(places);
      const launched = await launch(places, settings, postmaster?.pid);
      child = watched(launched.process);
      if (child.process.pid !== undefined) await join(launched.socketDir, child.process.pid);
    } else if (child.ended !== undefined) {
      await use?.end();
      use = undefined;
      await explain(child.ended, places.logFile, Date.now() < remainsGoneBy);
      child = undefined;
    }
    await pause(pollMs);
  }
  throw new DatabaseUnusable(
    `The PostgreSQL of ${places.databaseDir} does not answer. Its log: ${await logTail(places.logFile)}`,
  );
}

/** Ends the server that this start has launched, which may not have written its `postmaster.pid` yet. */
async function takeDown(child: ReturnType<typeof watched> | undefined): Promise<void> {
  child?.process.kill('SIGINT');
  for (const giveUpAt = Date.now() + takeDownMsMax; child && !child.ended && Date.now() < giveUpAt; ) {
    await pause(pollMs);
  }
}

function watched(process: ChildProcess): { process: ChildProcess; ended: Error | 'ended' | undefined } {
  const state: ReturnType<typeof watched> = { process, ended: undefined };
  process.once('error', (error) => {
    state.ended = error;
  });
  process.once('exit', () => {
    state.ended ??= 'ended';
  });
  return state;
}

/** Returns when the server ended for a reason that passes by itself, so that it is tried again; throws any other reason. */
async function explain(ended: Error | 'ended', logFile: string, mayPass: boolean): Promise<void> {
  if (ended instanceof Error) throw cannotSpawn(ended);
  const tail = await logTail(logFile);
  // The processes of a server killed by `kill -9` hold its memory for a moment after it.
  if (mayPass && /pre-existing shared memory block|lock file ".*" already exists/.test(tail))
    return pause(100);
  throw new DatabaseUnusable(`PostgreSQL did not start. Its log ends with: ${tail}`);
}

async function connectTo(socketDir: string): Promise<Client | undefined> {
  const client = await knock(socketDir, 'multiwa');
  if (typeof client !== 'string') return client;
  if (client === 'not-yet') return undefined;
  const maintenance = await knock(socketDir, 'postgres');
  if (typeof maintenance === 'string') return undefined;
  try {
    await maintenance.query('create database multiwa');
  } finally {
    await maintenance.end();
  }
  return undefined;
}
