import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type PoolConfig } from 'pg';
import { lock, nameSession, sessionName, whoIsThere } from './node.sql.ts';
import { isUuid } from './platform/ids.ts';
import type { Log } from './platform/log.ts';
import { type Presence, watchPresence } from './platform/presence.ts';

const waitForOldMs = 3000;

/** This process as the other nodes see it. */
export interface NodeIdentity {
  readonly id: string;
  readonly presence: Presence;
  /** Nodes that share this database, this one included. */
  liveNodes(): number;
  release(): Promise<void>;
}

const lookEveryMs = 1000;
const comeBackMs = 200;
const queryMsMax = 5000;

/**
 * The node id of this installation, from `<dataDir>/node-id`, held by a lock in the database for as long as the
 * process lives: it goes with the process even by `kill -9`, so the next one with the same id may take over what
 * this one held, and the other nodes see that it is gone. A copy of the folder elsewhere, and a process whose
 * predecessor's connection has not ended yet, take an id of their own.
 */
export async function becomeNode(options: {
  dataDir: string;
  poolConfig: PoolConfig;
  log: Log;
}): Promise<NodeIdentity> {
  const { log } = options;
  let released = false;
  let session = await open();
  const id = await lockedId(session, keptId(options.dataDir));
  await nameSession(session, id);
  const presence = watchPresence(id, () => whoIsThere(session));
  await presence.look();
  // Right after a start nobody is known for certain yet; for sharing a limit the first look is good enough.
  let nodes = Math.max(1, (await whoIsThere(session)).length);
  const looking = setInterval(() => {
    void presence.look().then(() => {
      nodes = presence.nodes()?.length ?? nodes;
    });
  }, lookEveryMs).unref();

  async function open(): Promise<Client> {
    const client = new Client({
      ...options.poolConfig,
      application_name: sessionName,
      query_timeout: queryMsMax,
    });
    client.on('error', (error) => log.warn({ err: error }, 'the connection that holds the node id was lost'));
    client.once('end', () => void comeBack(client));
    await client.connect();
    return client;
  }

  /** Until it is back, other nodes take this one for dead; what they take over is fenced off by its generation. */
  async function comeBack(lost: Client): Promise<void> {
    while (!released && session === lost) {
      await new Promise((resolve) => setTimeout(resolve, comeBackMs));
      try {
        const client = await open();
        if (released) return void (await client.end());
        session = client;
        if (!(await lock(client, id))) log.error({ nodeId: id }, 'another process has taken this node’s id');
        await nameSession(client, id);
      } catch (error) {
        log.debug({ err: error }, 'the node id could not be held again; trying again');
      }
    }
  }

  return {
    id,
    presence,
    liveNodes: () => nodes,
    async release() {
      released = true;
      clearInterval(looking);
      await session.end();
    },
  };
}

/** A process that was just killed may keep its database session for a moment. */
async function lockedId(client: Client, kept: string): Promise<string> {
  const giveUpAtMs = performance.now() + waitForOldMs;
  while (!(await lock(client, kept))) {
    if (performance.now() > giveUpAtMs) {
      const id = randomUUID();
      await lock(client, id);
      return id;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return kept;
}

function keptId(dataDir: string): string {
  const path = join(dataDir, 'node-id');
  mkdirSync(dataDir, { recursive: true });
  try {
    // Whoever is first writes it; a process that starts at the same moment reads the same one.
    writeFileSync(path, `${randomUUID()}\n`, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const kept = readFileSync(path, 'utf8').trim();
  if (isUuid(kept)) return kept;
  const id = randomUUID();
  writeFileSync(path, `${id}\n`);
  return id;
}
