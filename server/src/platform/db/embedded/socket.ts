import { Client, type ClientConfig } from 'pg';
import { errorCode } from '../database-unusable.ts';

/** What came of knocking at a server's socket. */
export type Answer = 'answers' | 'no-database' | 'not-yet';

/** How to reach a database over the private socket. Everything `PG*` variables could change is said. */
export function socketConfig(socketDir: string, database: string): ClientConfig {
  return {
    host: socketDir,
    port: 5432,
    user: 'multiwa',
    database,
    ssl: false,
    application_name: `multiwa-${process.pid}`,
  };
}

/** Connects, or returns undefined when nobody is there or the server is not ready to serve. */
export async function knock(
  socketDir: string,
  database: string,
): Promise<Client | Exclude<Answer, 'answers'>> {
  const client = new Client({ ...socketConfig(socketDir, database), connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    return errorCode(error) === '3D000' ? 'no-database' : 'not-yet';
  }
}
