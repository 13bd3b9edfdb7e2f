import type { Actor } from '../../../platform/actor.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import {
  type OpenFile,
  type Reading,
  readingOf,
  rowsOf,
  Unreadable,
  type WrittenRow,
} from '../../contacts/index.ts';
import type { Media } from '../../media/index.ts';
import type { BroadcastRow } from '../broadcasts.store.ts';
import { chunk } from './audience.ts';

const newline = 10;

/** A campaign whose audience is a file. */
export type OfFile = Pick<BroadcastRow, 'organization_id' | 'profile_id' | 'audience'>;

/** Why the file of an audience can't be read to its end, for people. */
export class BrokenUpload extends Error {
  override name = 'BrokenUpload';
}

/** Audiences that are uploaded files: a column with numbers, the others are variables. */
export function createUploads({ media }: { media: Pick<Media, 'openMedia'> }) {
  return {
    /**
     * How a file is written, and how many lines it has; it is read once, and nothing of it is kept in memory.
     * @throws Failure MEDIA_NOT_FOUND, CSV_COLUMN_MISSING, CSV_UNREADABLE
     */
    async look(actor: Actor, mediaId: string, phoneColumn: string | undefined) {
      if (!isUuid(mediaId)) throw new Failure('MEDIA_NOT_FOUND');
      let lines = 0;
      let isFirst = true;
      const open: OpenFile = async () => {
        const { stream } = await media.openMedia(actor, mediaId);
        const isCounted = isFirst;
        isFirst = false;
        return isCounted ? counting(stream, (more) => (lines += more)) : stream;
      };
      const reading = await readingOf(open, phoneColumn ? { phone: phoneColumn } : undefined, {
        everyColumn: true,
      });
      return { reading, lines: lines + 1 };
    },

    /** The rows behind the first so many, in chunks. @throws BrokenUpload */
    async *chunks(row: OfFile, skip: number): AsyncGenerator<WrittenRow[]> {
      const whose = { organizationId: row.organization_id };
      const open: OpenFile = async () => (await media.openMedia(whose, String(row.audience.value[0]))).stream;
      let rows: WrittenRow[] = [];
      try {
        for await (const one of rowsOf(open, row.audience.reading as Reading, skip)) {
          rows.push(one);
          if (rows.length < chunk) continue;
          yield rows;
          rows = [];
        }
      } catch (error) {
        if (error instanceof Unreadable) throw new BrokenUpload(error.message, { cause: error });
        const isGone = error instanceof Failure && error.code === 'MEDIA_NOT_FOUND';
        throw isGone ? new BrokenUpload('The file of the audience is gone.', { cause: error }) : error;
      }
      if (rows.length > 0) yield rows;
    },
  };
}

export type Uploads = ReturnType<typeof createUploads>;

async function* counting(
  bytes: AsyncIterable<Uint8Array>,
  add: (lines: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    let found = 0;
    for (const byte of piece) if (byte === newline) found += 1;
    add(found);
    yield piece;
  }
}
