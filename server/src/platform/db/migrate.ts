import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { DatabaseLog } from './database-log.ts';
import { DatabaseUnusable } from './database-unusable.ts';
import { migrations as ours } from './migrations/index.ts';
import type { Db } from './transaction.ts';

/** The advisory lock of migrations: any number, but the same in every version of this program. */
const migrationLock = 7_120_419_351;

/**
 * Migrates the database to this version. Nodes that start at once wait for one another; each migration is one
 * transaction together with the record that it ran, and those that make a new database are one. Throws
 * DatabaseUnusable naming the migration that failed, or when a newer version has migrated the database.
 */
export async function migrateToLatest(
  db: Db,
  log: DatabaseLog,
  migrations: Record<string, Migration> = ours,
): Promise<void> {
  if ((await pending(db, migrations)).length === 0) return;
  await db.connection().execute(async (session) => {
    await sql`select pg_advisory_lock(${migrationLock})`.execute(session);
    try {
      await runPending(session, log, migrations);
    } finally {
      await sql`select pg_advisory_unlock(${migrationLock})`.execute(session).catch(() => undefined);
    }
  });
}

async function runPending(
  session: Db,
  log: DatabaseLog,
  migrations: Record<string, Migration>,
): Promise<void> {
  const migrator = new Migrator({ db: session, provider: { getMigrations: async () => migrations } });
  const names = await pending(session, migrations);
  // The migrator looks at all tables before each run: a database that is new is made in one.
  const isNew = names.length === Object.keys(migrations).length;
  for (const name of isNew ? names.slice(-1) : names) {
    // Of one that exists one at a time, because the migrator runs all it is asked for in one transaction. Only under the
    // lock: with a name that another node has already passed, it would migrate down to it.
    const { error, results = [] } = await migrator.migrateTo(name);
    const failed = results.find(({ status }) => status === 'Error')?.migrationName ?? name;
    if (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new DatabaseUnusable(`The database migration ${failed} failed and was undone: ${reason}`, {
        cause: error,
      });
    }
    for (const { migrationName } of results) log.info({ migration: migrationName }, 'Database migrated');
  }
}

async function pending(db: Db, migrations: Record<string, Migration>): Promise<string[]> {
  const executedNames = await executed(db);
  const unknown = executedNames.filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    throw new DatabaseUnusable(
      `This database was migrated by a newer version of MultiWA (${unknown.join(', ')}). ` +
        'Start that version, or restore a backup from before the upgrade.',
    );
  }
  return Object.keys(migrations)
    .filter((name) => !executedNames.includes(name))
    .sort();
}

async function executed(db: Db): Promise<string[]> {
  const table = await sql<{
    found: string | null;
  }>`select to_regclass('kysely_migration')::text as found`.execute(db);
  if (!table.rows[0]?.found) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return rows.map(({ name }) => name);
}
