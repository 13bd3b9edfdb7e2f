import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Clock, dayMs, later } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import type { AllKeeps } from '../../../platform/keeps/keeps.ts';
import type { Log } from '../../../platform/log.ts';
import { exportDocument, type Progress } from './document.ts';
import type { ExportRow, ExportStore, Run } from './exports.store.ts';

/** How long a finished file can be fetched. */
const keptMs = dayMs;
/** Larger pieces would only be held in memory longer. */
const chunkBytes = 256 * 1024;
const attemptsMax = 5;

/** Binds a piece to its place: it opens nowhere else. */
const context = (exportId: string, position: number) => `export/${exportId}/${position}`;

/** Another attempt took over, or the export was deleted: nothing is left to do. */
class Superseded extends Error {}

export interface MakerDeps {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  store: ExportStore;
  keeps(): AllKeeps;
}

/** Makes the files of exports, gzipped and sealed piece by piece, and reads them again. */
export function createMaker({ db, clock, log, vault, store, keeps }: MakerDeps) {
  /** Writes the whole file; answers its size. */
  async function write(
    run: Run,
    source: AsyncIterable<string>,
    progress: () => Progress,
    signal: AbortSignal,
  ) {
    let waiting: Buffer[] = [];
    let size = 0;
    let bytes = 0;
    let position = 0;
    const flush = async () => {
      const sealed = vault.seal(Buffer.concat(waiting), context(run.exportId, position));
      if (!(await store.append(run, position, sealed, progress()))) throw new Superseded();
      bytes += size;
      position++;
      waiting = [];
      size = 0;
    };
    const collect = async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) {
        waiting.push(piece);
        size += piece.length;
        if (size >= chunkBytes) await flush();
      }
      if (size > 0) await flush();
    };
    await pipeline(Readable.from(source), createGzip(), collect, { signal });
    return bytes;
  }

  async function makeFile(row: ExportRow, run: Run, signal: AbortSignal): Promise<void> {
    const subject = await store.subject({ userId: row.user_id, organizationId: row.organization_id });
    if (!subject) return store.fail(run, 'The account is not active any more.', clock.now());
    let progress: Progress = { sectionsDone: 0, sectionsTotal: 0, rows: 0 };
    const source = exportDocument({ db, clock, keeps }, subject, (moved) => {
      progress = moved;
    });
    const bytes = await write(run, source, () => progress, signal);
    const now = clock.now();
    await store.finish(run, { covers: subject.covers, bytes, now, expiresAt: later(now, keptMs) });
  }

  return {
    /** Begins anew whenever it is run; an export that is finished or gone is left alone. */
    async make({ exportId }: { exportId: string }, signal: AbortSignal): Promise<void> {
      const run = { exportId, runId: newId() };
      const row = await store.begin(run);
      if (!row) return;
      try {
        await makeFile(row, run, signal);
      } catch (error) {
        if (error instanceof Superseded) return;
        if (signal.aborted || row.attempts < attemptsMax) throw error;
        log.error({ err: error, exportId }, 'an export could not be made');
        await store.fail(run, 'It could not be made: ask for a new one.', clock.now());
      }
    },

    /** The file of a finished export. Breaks off when the export is deleted meanwhile. */
    async *read(exportId: string, bytes: number): AsyncGenerator<Buffer> {
      let read = 0;
      for (let position = 0; read < bytes; position++) {
        const sealed = await store.chunk(exportId, position);
        if (!sealed) throw new Error('the export was deleted while it was being read');
        const chunk = vault.open(sealed, context(exportId, position));
        read += chunk.length;
        yield chunk;
      }
    },
  };
}
export type Maker = ReturnType<typeof createMaker>;
