import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { Failure } from '../../../platform/failures.ts';
import { allColumnsOf, type Columns, columnsMax, columnsOf, separatorOf } from './columns.ts';
import type { Mapping } from './import.schema.ts';
import { type WrittenRow, writtenRow } from './rows.ts';
import { asUtf8, type Encoding, encodingOf } from './text.ts';

/** How the rows of a file are found. */
export type Reading =
  | { is: 'csv'; encoding: Encoding; separator: string; columns: Columns }
  | { is: 'json-lines' };

/** The file, from its beginning; it may be asked for several times. */
export type OpenFile = () => Promise<AsyncIterable<Uint8Array>>;

/** Longer rows end the reading: what is in memory has a bound. */
const rowBytesMax = 16_777_216;
const headerBytesMax = 262_144;
/** Those of a row; empty ones count for none of its bytes. */
const cellsMax = 200_000;

const table = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  max_record_size: rowBytesMax,
};

/** From here on the file can't be read. */
export class Unreadable extends Error {
  override name = 'Unreadable';
}

/**
 * Looks how a table is written: its encoding, its separator and its columns. With `everyColumn` all beside the phone are
 * fields, by their headers.
 * @throws Failure CSV_COLUMN_MISSING, CSV_UNREADABLE
 */
export async function readingOf(
  open: OpenFile,
  mapping: Mapping | undefined,
  { everyColumn = false }: { everyColumn?: boolean } = {},
): Promise<Reading> {
  const encoding = await encodingOf(await open());
  const head = await headOf(asUtf8(await open(), encoding));
  const header = (separator: string) => headerIn(head, separator);
  const separator = separatorOf(header, mapping);
  const cells = header(separator);
  if (cells.length > columnsMax) {
    throw new Failure('CSV_UNREADABLE', { says: `The table has more than ${columnsMax} columns.` });
  }
  const columns = everyColumn ? allColumnsOf(cells, mapping?.phone ?? undefined) : columnsOf(cells, mapping);
  return { is: 'csv', encoding, separator, columns };
}

/** The beginning of a text. */
async function headOf(text: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of text) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > headerBytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, headerBytesMax + 1);
}

/** The first row. @throws Failure CSV_UNREADABLE where it does not end */
function headerIn(head: Buffer, delimiter: string): string[] {
  try {
    const [first] = parseAtOnce(head, { ...table, delimiter, info: true, to: 1 }) as unknown as {
      record: string[];
      info: Info;
    }[];
    if ((first?.info.bytes ?? 0) <= headerBytesMax) return first?.record ?? [];
  } catch (error) {
    throw new Failure('CSV_UNREADABLE', { says: 'The first row is no header.', cause: error });
  }
  throw new Failure('CSV_UNREADABLE', { says: 'The first row is too long for a header.' });
}

/** The rows of a file behind the first so many. @throws Unreadable */
export async function* rowsOf(open: OpenFile, reading: Reading, skip: number): AsyncGenerator<WrittenRow> {
  const bytes = await open();
  if (reading.is === 'json-lines') return yield* linesOf(bytes, skip);
  const { encoding, separator, columns } = reading;
  const source = Readable.from(asUtf8(bytes, encoding), { objectMode: false });
  // A parser that fails drops rows it has read already, and one that skips a row loses others behind it.
  const how = { ...table, delimiter: separator, info: true, from: skip + 2, skip_records_with_error: true };
  let broken: { why: string; cause?: unknown; rows: number } | undefined;
  // Only here a row of millions of cells is noticed before all of them are in memory.
  const cast = (cell: string, { index }: { index: number }) => {
    if (index === cellsMax) stop(`it has more than ${cellsMax} columns`);
    return cell;
  };
  const parser = source.pipe(parse({ ...how, cast }));
  const stop = (why: string, cause?: unknown) => {
    if (broken) return;
    broken = { why, cause, rows: parser.info.records };
    source.unpipe(parser);
    parser.end();
  };
  parser.on('skip', (error: CsvError) => stop(whyOf(error), error));
  source.on('error', (error) => parser.destroy(error));
  let rows = skip + 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (broken && info.records > broken.rows) break;
      rows += 1;
      yield writtenRow(rows + info.empty_lines, record, columns);
    }
  } finally {
    source.destroy();
    parser.destroy();
  }
  if (broken) throw new Unreadable(`Row ${rows + 1}: ${broken.why}.`, { cause: broken.cause });
}

function whyOf({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened that is never closed';
  if (code === 'CSV_MAX_RECORD_SIZE')
    return 'it is longer than a row can be; perhaps a quote is never closed';
  return 'it is no row of a table';
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>, skip: number): AsyncGenerator<WrittenRow> {
  let line = 0;
  for await (const text of createInterface({ input: Readable.from(bytes, { objectMode: false }) })) {
    line += 1;
    if (line > skip) yield { ...(JSON.parse(text) as Omit<WrittenRow, 'line'>), line };
  }
}
