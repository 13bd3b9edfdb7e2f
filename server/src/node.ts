import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type PoolConfig } from 'pg';
import { isUuid } from './platform/ids.ts';
import type { Log } from './platform/log.ts';

const waitForOldMs = 3000;

/** This process as the other nodes see it. */
export interface NodeIdentity {
  readonly id: string;
  /** Nodes that share this database, this one included; looked up every few seconds. */
  liveNodes(): number;
  release(): Promise<void>;
}

const applicationName = 'multiwa-node';
const countEveryMs = 5000;

/**
 * The node id of this installation, from `<dataDir>/node-id`, held by a lock in the database for as long as the
 * process lives: it goes with the process even by `kill -9`, so the next one with the same id may take over what
 * this one held. A copy of the
 * folder elsewhere, and a process whose predecessor's connection has not ended yet, take an id of their own.
 */
export async function becomeNode(options: {
  dataDir: string;
  poolConfig: PoolConfig;
  log: Log;
}): Promise<NodeIdentity> {
  const kept = keptId(options.dataDir);
  const client = new Client({ ...options.poolConfig, application_name: applicationName });
  client.on('error', (error) =>
    options.log.warn({ err: error }, 'the connection that holds the node id was lost'),
  );
  await client.connect();
  const lock = async (id: string) => {
    const answer = await client.query<{ held: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 7)) as held',
      [`node ${id}`],
    );
    return answer.rows[0]?.held === true;
  };
  let nodes = 1;
  const countNodes = async () => {
    const answer = await client.query<{ nodes: number }>(
      `select count(*)::int as nodes from pg_stat_activity
       where application_name = $1 and datname = current_database()`,
      [applicationName],
    );
    nodes = Math.max(1, answer.rows[0]?.nodes ?? 1);
  };
  const identity = async (id: string): Promise<NodeIdentity> => {
    await countNodes();
    // A lost connection is told above; until the database is back the last count stands.
    const counting = setInterval(() => void countNodes().catch(() => undefined), countEveryMs).unref();
    return {
      id,
      liveNodes: () => nodes,
      release: async () => {
        clearInterval(counting);
        await client.end();
      },
    };
  };
  // A process that was just killed may keep its database session for a moment.
  const giveUpAtMs = performance.now() + waitForOldMs;
  while (!(await lock(kept))) {
    if (performance.now() > giveUpAtMs) {
      const id = randomUUID();
      await lock(id);
      return identity(id);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return identity(kept);
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
