import { Kysely, PostgresDialect, sql } from 'kysely';
import { createDatabase } from '../../../../test/database.ts';
import { silentLog } from '../../log.ts';
import { migrateToLatest } from '../migrate.ts';
import { createPools } from '../pools.ts';
import type { Tables } from '../tables.ts';
import type { Db } from '../transaction.ts';
import { migrations } from './index.ts';

/** For tests: a database as it was before a migration. */
export interface EarlierDatabase {
  db: Db;
  migrate(): Promise<void>;
  drop(): Promise<void>;
}

/** @param first the number of the first migration that has not run, such as `0005` */
export async function databaseBefore(first: string): Promise<EarlierDatabase> {
  const { databaseUrl, drop } = await createDatabase();
  const pools = createPools({ connectionString: databaseUrl }, silentLog);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pools.open(2) }) });
  const before = Object.entries(migrations).filter(([name]) => name < first);
  await migrateToLatest(db, silentLog, Object.fromEntries(before));
  return {
    db,
    migrate: () => migrateToLatest(db, silentLog),
    async drop() {
      await pools.close();
      await drop();
    },
  };
}

/** What the ids of {@link insertEarlierProfile} begin with; a digit follows. */
export const idBegin = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c1';

/** An organisation (its id ends in 1), a workspace (2) and a profile (3), as every version had them. */
export async function insertEarlierProfile(db: Db): Promise<void> {
  await sql
    .raw(`
    insert into organizations (id, name, slug, created_at, updated_at) values ('${idBegin}1', 'B', 'b', now(), now());
    insert into workspaces (id, organization_id, name, slug, created_at, updated_at)
      values ('${idBegin}2', '${idBegin}1', 'B', 'b', now(), now());
    insert into profiles (id, organization_id, workspace_id, display_name, engine, message_delay_ms, created_at, updated_at)
      values ('${idBegin}3', '${idBegin}1', '${idBegin}2', 'B', 'sandbox', 0, now(), now())`)
    .execute(db);
}
