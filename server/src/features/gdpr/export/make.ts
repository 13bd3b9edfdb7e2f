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
const fileMs = dayMs;
/** Larger chunks would only take more memory. */
const chunkBytes = 256 * 1024;
const attemptsMax = 5;

/** Binds a sealed chunk to its export and position. */
const context = (exportId: string, position: number) => `export/${exportId}/${position}`;

/** Another attempt has begun, or the export was deleted. */
class Superseded extends Error {}

export interface MakerDeps {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  store: ExportStore;
  keeps(): AllKeeps;
}

/** Writes the files of exports, gzipped and sealed in chunks, and reads them. */
export function createMaker({ db, clock, log, vault, store, keeps }: MakerDeps) {
  /** Writes the whole file; answers its size. */
  async function write(
    run: Run,
    source: AsyncIterable<string>,
    progress: () => Progress,
    signal: AbortSignal,
  ) {
    let buffers: Buffer[] = [];
    let size = 0;
    let bytes = 0;
    let position = 0;
    const flush = async () => {
      const sealed = vault.seal(Buffer.concat(buffers), context(run.exportId, position));
      if (!(await store.append(run, position, sealed, progress()))) throw new Superseded();
      bytes += size;
      position++;
      buffers = [];
      size = 0;
    };
    const collect = async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) {
        buffers.push(piece);
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
    const source = exportDocument({ db, clock, keeps }, subject, (current) => {
      progress = current;
    });
    const bytes = await write(run, source, () => progress, signal);
    const now = clock.now();
    await store.finish(run, { covers: subject.covers, bytes, now, expiresAt: later(now, fileMs) });
  }

  return {
    /** Each run starts from the beginning; a finished or deleted export stays as it is. */
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

    /** The file of a finished export. Fails when the export is deleted meanwhile. */
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
