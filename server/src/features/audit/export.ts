import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { presentEntry } from './audit.present.ts';
import type { AuditFilter, AuditRow, AuditStore } from './audit.store.ts';

export type ExportFormat = 'csv' | 'json';

const rowsPerPage = 500;

/**
 * The log as a stream that reads on only as fast as it is taken. Resolves once the first page is read, so that a
 * failure before the first byte is answered as one; a later one breaks the connection off.
 */
export async function streamLog(
  store: Pick<AuditStore, 'list'>,
  organizationId: string,
  filter: AuditFilter,
  format: ExportFormat,
): Promise<Readable> {
  const first = await store.list(organizationId, filter, { limit: rowsPerPage });
  const pages = restOf(store, organizationId, filter, first);
  return Readable.from(format === 'csv' ? asCsv(pages) : asJson(pages), { objectMode: false });
}

async function* restOf(
  store: Pick<AuditStore, 'list'>,
  organizationId: string,
  filter: AuditFilter,
  first: AuditRow[],
): AsyncGenerator<AuditRow[]> {
  for (let rows = first; ; ) {
    yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < rowsPerPage) return;
    const after = { at: last.occurred_at, id: last.id };
    rows = await store.list(organizationId, filter, { limit: rowsPerPage, after });
  }
}

const columns = [
  'timestamp',
  'action',
  'outcome',
  'userId',
  'userName',
  'userEmail',
  'apiKeyId',
  'resourceType',
  'resourceId',
  'ip',
  'userAgent',
  'metadata',
  'id',
];

async function* asCsv(pages: AsyncIterable<AuditRow[]>): AsyncGenerator<string> {
  let isFirst = true;
  for await (const rows of pages) {
    const records = rows.map((row) => {
      const { user, metadata, ...entry } = presentEntry(row);
      return { ...entry, userName: user?.name, userEmail: user?.email, metadata: JSON.stringify(metadata) };
    });
    const text = stringify(records, {
      header: isFirst,
      columns,
      record_delimiter: 'windows',
      quoted_match: /[\r\n]/,
      // A spreadsheet would run what begins like a formula.
      escape_formulas: true,
    });
    isFirst = false;
    if (text !== '') yield text;
  }
}

async function* asJson(pages: AsyncIterable<AuditRow[]>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const rows of pages) {
    if (rows.length === 0) continue;
    yield separator + rows.map((row) => JSON.stringify(presentEntry(row))).join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
