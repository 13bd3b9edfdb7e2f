import { appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { findBinaries } from '../src/platform/db/embedded/binaries.ts';
import { socketConfig } from '../src/platform/db/embedded/socket.ts';

const library = 'pg_stat_statements';

/** Has the server of a database folder count statements from its next start on; says whether it can. */
export async function countStatements(databaseDir: string): Promise<boolean> {
  const { nativeDir } = await findBinaries();
  const isThere = await stat(join(nativeDir, 'lib', 'postgresql', `${library}.so`)).catch(() => undefined);
  if (!isThere) return false;
  const lines = [
    `shared_preload_libraries = '${library}'`,
    `${library}.track = 'top'`,
    `${library}.max = 20000`,
    `${library}.save = off`,
  ];
  await appendFile(join(databaseDir, 'postgresql.auto.conf'), `${lines.join('\n')}\n`);
  return true;
}

/** Statements as the gateway sent them, `begin` and `commit` too. */
export interface StatementCounter {
  /** How many since the server's start; undefined where they are not counted. */
  count(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Counts from another database, so that its own questions are not among what it counts. */
export async function statementCounter(socketDir: string): Promise<StatementCounter> {
  const client = new Client(socketConfig(socketDir, 'postgres'));
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query('show shared_preload_libraries');
  const counts = rows[0]?.shared_preload_libraries === library;
  if (counts) await client.query(`create extension if not exists ${library}`);
  return {
    async count() {
      if (!counts) return undefined;
      const counted = await client.query(
        `select sum(calls)::float8 as calls from ${library}(false)
          where toplevel and dbid = (select oid from pg_database where datname = 'multiwa')`,
      );
      return counted.rows[0]?.calls ?? 0;
    },
    close: () => client.end(),
  };
}
