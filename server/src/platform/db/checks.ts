import { sql } from 'kysely';
import type { Pool } from 'pg';
import { DatabaseUnusable } from './database-unusable.ts';
import type { Db } from './transaction.ts';

const oldestMajor = 15;

/** Refuses a server too old or not in UTF-8; returns its version for people (`18.4`). */
export async function assertServerFits(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ number: number; version: string; encoding: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
            current_setting('server_encoding') as encoding`,
  );
  const { number = 0, version = '', encoding = '' } = rows[0] ?? {};
  if (Math.floor(number / 10_000) < oldestMajor) {
    throw new DatabaseUnusable(
      `The database is PostgreSQL ${version}; MultiWA needs ${oldestMajor} or newer.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new DatabaseUnusable(`The database is encoded in ${encoding}; create it with: encoding 'UTF8'.`);
  }
  return version.split(' ')[0] ?? version;
}

/**
 * Refuses a database whose locale knows Latin letters only: search would find nothing in any other script
 * and no query would fail. Where pg_trgm can't be had, trigrams are not used at all. Call it after migrating.
 */
export async function assertTrigramsWork(db: Db): Promise<void> {
  const known = await sql<{ found: string | null }>`select to_regproc('show_trgm')::text as found`.execute(
    db,
  );
  if (!known.rows[0]?.found) return;
  const { rows } = await sql<{ trigrams: string[] }>`select show_trgm('привет') as trigrams`.execute(db);
  if ((rows[0]?.trigrams.length ?? 0) > 0) return;
  throw new DatabaseUnusable(
    "This database's locale knows Latin letters only, so search would miss every other script. " +
      "Create it anew with: create database multiwa template template0 encoding 'UTF8' locale 'C.UTF-8'.",
  );
}

/** Resolves when the database answers. */
export async function ping(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}

/**
 * Stores half a megabyte and removes it: fails when the disk of the database is full. A new table needs new pages, while
 * an insert could find room in an old one.
 */
export async function tryStoring(db: Db): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`create temporary table trial on commit drop as
      select repeat(md5(n::text), 30) as filler from generate_series(1, 500) as n`.execute(tx);
  });
}
