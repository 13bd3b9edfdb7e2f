import { EngineGone, FileDamaged, FileGone, type FilePower } from '../../../engines/port.ts';
import { type Clock, hourMs, later } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Log } from '../../../platform/log.ts';
import type { Media, MediaRow } from '../../media/index.ts';
import type { Live } from '../../profiles/index.ts';
import type { Fact } from '../changes/facts.ts';
import type { DueFile, FileStore, ShownFile } from './files.store.ts';
import { sealedFor } from './keep-files.ts';

const minuteMs = 60_000;
/** Then it is given up; who asks for the file begins anew. */
const waitsMs = [5_000, minuteMs, 10 * minuteMs, hourMs, 6 * hourMs];

/** Whose files are fetched. */
export interface FetchDeps<Due extends DueFile> {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  events: EventRecorder;
  store: Pick<FileStore, 'reference' | 'later' | 'settle'>;
  /** What refers to the files. */
  kind: 'message' | 'status';
  /** What is told when a file was fetched, or can't be. */
  told(live: Live, due: Due, shown: ShownFile): Fact;
  media: Pick<Media, 'store' | 'refer' | 'bytesMax'>;
}

/** Why a file can't be had, or undefined when it may be had later. */
function verdict(error: unknown): { code: string; reason: string } | undefined {
  if (error instanceof FileGone) return { code: 'MEDIA_GONE', reason: error.message };
  if (error instanceof FileDamaged) return { code: 'MEDIA_DAMAGED', reason: error.message };
  if (error instanceof Failure && error.status < 500) return { code: error.code, reason: error.message };
  return undefined;
}

/** Fetches one file that arrived and stores it, or says why it can't be had. Done twice it is stored once. */
export function createFetch<Due extends DueFile>(deps: FetchDeps<Due>) {
  const { db, clock, log, vault, events, store, media } = deps;

  async function bytesOf(files: FilePower, due: Due): Promise<AsyncIterable<Uint8Array>> {
    const reference = vault.openText(due.reference, sealedFor(due.message_id));
    try {
      return await files.fetch(reference);
    } catch (error) {
      if (!(error instanceof FileGone)) throw error;
      const renewed = await files.askAgain(reference);
      await store.reference(due.message_id, vault.sealText(renewed, sealedFor(due.message_id)));
      return files.fetch(renewed);
    }
  }

  async function settle(live: Live, due: Due, shown: ShownFile, row?: MediaRow): Promise<void> {
    await inTransaction(db, async (tx) => {
      const by = { kind: deps.kind, id: due.message_id, profileId: live.profileId };
      const isWanted = await store.settle(tx, due.message_id, shown, clock.now());
      if (!isWanted) return;
      if (row) await media.refer(tx, due.organization_id, row.id, by);
      await events.recordAll(tx, [deps.told(live, due, shown)]);
    });
  }

  async function failed(live: Live, due: Due, error: unknown): Promise<void> {
    if (live.ended.aborted) return;
    const why = verdict(error);
    const waitMs = waitsMs[due.attempts];
    if (!why && waitMs !== undefined) {
      if (!(error instanceof EngineGone)) log.warn({ err: error, messageId: due.message_id }, 'a file waits');
      return store.later(due.message_id, later(clock.now(), waitMs));
    }
    const reason = error instanceof EngineGone ? error.message : 'It could not be stored.';
    await settle(live, due, { state: 'unavailable', ...(why ?? { code: 'MEDIA_UNREACHABLE', reason }) });
  }

  return async (live: Live, files: FilePower, due: Due): Promise<void> => {
    try {
      if ((due.said_bytes ?? 0) > media.bytesMax) throw new Failure('MEDIA_TOO_LARGE');
      const said = { mimetype: due.said_mimetype ?? undefined, filename: due.filename ?? undefined };
      const row = await media.store(due.organization_id, await bytesOf(files, due), said);
      await settle(live, due, shownOf(row), row);
    } catch (error) {
      await failed(live, due, error);
    }
  };
}

/** What a message keeps of its file; links are made when it is shown. */
export function shownOf(row: MediaRow): Extract<ShownFile, { state: 'stored' }> {
  return {
    ...{ state: 'stored', id: row.id, mimetype: row.mimetype, bytes: row.size, sha256: row.sha256 },
    ...(row.filename && { filename: row.filename }),
    ...(row.width && row.height && { width: row.width, height: row.height }),
    ...(row.duration_ms !== null && { seconds: Math.round(row.duration_ms / 1000) }),
    ...(row.has_thumbnail && { hasThumbnail: true }),
  };
}
