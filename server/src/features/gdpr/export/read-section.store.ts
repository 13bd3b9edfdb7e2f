import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../platform/db/transaction.ts';
import type { Section, Subject } from '../../../platform/keeps/section.ts';
import { profilesOf } from '../../../platform/known-profiles.store.ts';

type ExportedRow = Record<string, unknown>;

/** Rows held in memory at a time. */
const pageSize = 500;
const keyPrefix = '#';

/** The rows of a section, page by page; between two pages there are neither rows in memory nor a transaction. */
export async function* readSection(
  db: Db,
  section: Section,
  subject: Subject,
): AsyncGenerator<ExportedRow[]> {
  const parts = section.perProfile
    ? (await profilesOf(db, subject)).map((id) => sql<boolean>`profile_id = ${id}`)
    : [sql<boolean>`true`];
  for (const part of parts) {
    let last: ExportedRow | undefined;
    do {
      const rows = await page(db, section, sql`${section.of(subject)} and ${part}`, last);
      last = rows.length === pageSize ? rows.at(-1) : undefined;
      if (rows.length > 0) yield rows.map(withoutKey);
    } while (last);
  }
}

async function page(
  db: Db,
  section: Section,
  where: RawBuilder<unknown>,
  last: ExportedRow | undefined,
): Promise<ExportedRow[]> {
  const { table, columns, derived = {}, key, newestFirst = false } = section;
  const named = nameOf(section);
  const shown = [
    ...columns.map((column) => sql`${sql.ref(column)} as ${sql.id(named(column))}`),
    ...Object.entries(derived).map(([name, value]) => sql`${value} as ${sql.id(name)}`),
    // As text, so that a timestamp keeps its microseconds for the next page.
    ...key.map(([column]) => sql`${sql.ref(column)}::text as ${sql.id(keyPrefix + column)}`),
  ];
  const comma = sql`, `;
  const beyond = last
    ? sql`and (${sql.join(
        key.map(([column]) => sql.ref(column)),
        comma,
      )}) ${sql.raw(newestFirst ? '<' : '>')} (${sql.join(
        key.map(([column, type]) => sql`${last[keyPrefix + column]}::text::${sql.raw(type)}`),
        comma,
      )})`
    : sql``;
  const order = key.map(
    ([column]) => sql`${sql.table(table)}.${sql.id(column)} ${sql.raw(newestFirst ? 'desc' : 'asc')}`,
  );
  const { rows } = await sql<ExportedRow>`select ${sql.join(shown, comma)} from ${sql.table(table)}
    where ${where} ${beyond} order by ${sql.join(order, comma)} limit ${pageSize}`.execute(db);
  return rows;
}

/** The name of a column in the document. */
function nameOf(section: Section): (column: string) => string {
  return (column) =>
    section.named?.[column] ?? column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function withoutKey(row: ExportedRow): ExportedRow {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith(keyPrefix)));
}
