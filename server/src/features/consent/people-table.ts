import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { type ChatId, chatKind, tryParseChatId } from '../../platform/chat-id.ts';
import { Failure } from '../../platform/failures.ts';
import type { Slice } from '../../platform/slice.ts';
import { type OpenFile, readingOf, rowsOf, Unreadable, withQuote } from '../contacts/index.ts';
import type { Media } from '../media/index.ts';

const rowsAtOnce = 1_000;
const errorsShown = 100;

interface Table {
  csvData?: string | null | undefined;
  mediaId?: string | null | undefined;
}

/** The table of a request, as text or as a file that was uploaded. @throws Failure VALIDATION_ERROR, MEDIA_NOT_FOUND */
function fileOf(media: Pick<Media, 'openMedia'>, actor: Actor, { csvData, mediaId }: Table): OpenFile {
  const [text, id] = [given(csvData), given(mediaId)];
  if ((text === undefined) === (id === undefined)) {
    const problem = 'one of csvData and mediaId is the table';
    throw new Failure('VALIDATION_ERROR', { details: [{ path: '', problem }] });
  }
  if (id !== undefined) return async () => (await media.openMedia(actor, id)).stream;
  return async () => Readable.from([Buffer.from(text ?? '')]);
}

/**
 * Takes in the people of a table, a thousand at a time, each once; `take` answers how many of them were new. Broken off, what
 * was read counts, and the same again changes nothing.
 * @throws Failure CSV_COLUMN_MISSING, CSV_UNREADABLE, MEDIA_NOT_FOUND
 */
export async function takePeople(
  media: Pick<Media, 'openMedia'>,
  actor: Actor,
  table: Table,
  { country, take }: { country: string; take(chats: readonly ChatId[]): Promise<number> },
) {
  const open = fileOf(media, actor, table);
  const reading = await readingOf(open, undefined);
  const report = { rows: 0, added: 0, failed: 0, errors: [] as { line: number; reason: string }[] };
  const wrong = (line: number, reason: string) => {
    report.failed += 1;
    if (report.errors.length < errorsShown) report.errors.push({ line, reason });
  };
  let people = new Set<ChatId>();
  const flush = async () => {
    if (people.size > 0) report.added += await take([...people]);
    people = new Set();
  };
  try {
    for await (const { line, phone } of rowsOf(open, reading, 0)) {
      report.rows += 1;
      const chat = tryParseChatId(phone, country);
      if (!chat || chatKind(chat) !== 'user') {
        wrong(line, 'is no phone number with country code, nor the chat id of a person');
        continue;
      }
      people.add(chat);
      if (people.size >= rowsAtOnce) await flush();
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    wrong(report.rows + 2, error.message);
  }
  await flush();
  return { ...report, known: report.rows - report.failed - report.added };
}

/**
 * A list as CSV, newest first, read on only as fast as it is taken. Resolves once the first page is read, so that a failure
 * before it is answered as one. What a spreadsheet would run has a quote before it.
 */
export async function peopleAsCsv<Row extends { at: Date; id: string }>(
  columns: readonly string[],
  list: (page: Slice) => Promise<Row[]>,
  cellsOf: (row: Row) => string[],
): Promise<Readable> {
  const page = (after?: Row) =>
    list({ limit: rowsAtOnce, offset: 0, ...(after && { after: { at: after.at, id: after.id } }) });
  const first = await page();
  async function* texts() {
    yield stringify([[...columns]]);
    for (let rows = first; rows.length > 0; rows = await page(rows.at(-1))) {
      yield stringify(rows.map((row) => cellsOf(row).map(withQuote)));
      if (rows.length < rowsAtOnce) return;
    }
  }
  return Readable.from(texts(), { objectMode: false });
}
