import { Client, type ClientConfig } from 'pg';

/** What a database says about itself, whichever version of this program made it. */
export interface Installation {
  /** Of the key that its secrets are sealed with; absent before the first start has finished. */
  keyFingerprint: string | undefined;
  migrations: string[];
  profiles: number;
  messages: number;
}

/** Reads it without changing anything: a backup must not migrate. */
export async function readInstallation(config: ClientConfig): Promise<Installation> {
  const client = new Client({ ...config, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    const has = (table: string) => tables.some(({ name }) => name === table);
    const values = async (table: string, statement: string) =>
      has(table) ? (await client.query<{ it: string }>(statement)).rows.map(({ it }) => it) : [];
    const [keyFingerprint] = await values('installation', 'select key_fingerprint as it from installation');
    const [profiles] = await values('profiles', 'select count(*) as it from profiles');
    const [messages] = await values('messages', 'select count(*) as it from messages');
    return {
      keyFingerprint,
      migrations: await values('kysely_migration', 'select name as it from kysely_migration order by name'),
      profiles: Number(profiles ?? 0),
      messages: Number(messages ?? 0),
    };
  } finally {
    await client.end();
  }
}
