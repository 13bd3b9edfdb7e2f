import { Client, type ClientConfig } from 'pg';
import { errorCode } from '../database-unusable.ts';

/** The result of an attempt to connect to a server's socket. */
export type Answer = 'answers' | 'no-database' | 'not-yet';

/** The configuration of a client on the private socket. It sets everything that `PG*` variables could change. */
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

/** Connects; else answers whether the database is missing or the server is not ready. */
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
