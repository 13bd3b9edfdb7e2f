import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { Static } from 'typebox';
import { cut, sliceOf } from '../../../http/list.ts';
import { given } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import { dayMs, later } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid, newId } from '../../../platform/ids.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import { profileOf } from '../../../platform/known-profiles.store.ts';
import type { Media } from '../../media/index.ts';
import type { ContactStore, OwnProfile } from '../contacts.store.ts';
import { withQuote } from '../formula.ts';
import { assertTags, readTags } from '../tags.ts';
import { importContacts } from './import.jobs.ts';
import type { ImportContacts, ImportCsv } from './import.schema.ts';
import type { ImportRow, ImportStore } from './imports.store.ts';
import { type OpenFile, type Reading, readingOf, rowsOf, Unreadable } from './read-file.ts';
import type { WrittenRow } from './rows.ts';
import type { StoredReading } from './run-import.ts';
import { countsOf, type RowReport, type RowTaker, rowsAtOnce } from './take-rows.ts';
import { piecesOf } from './text.ts';

/** More rows, or a longer file, go on as a job. */
const atOnceRowsMax = 5_000;
const atOnceBytesMax = 1_048_576;
const errorsShown = 100;
const rowsShown = 1_000;
const keptMs = 30 * dayMs;

export interface ImportServiceDeps {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  jobs: JobQueue;
  store: Pick<ContactStore, 'profile'>;
  imports: ImportStore;
  media: Pick<Media, 'take' | 'store' | 'openMedia' | 'refer' | 'release'>;
  takeRows: RowTaker;
  defaultCountry: string;
}

interface Order {
  profile: OwnProfile & { country: string };
  tags: string[];
  isDryRun: boolean;
}

export function createImportService(deps: ImportServiceDeps) {
  const { db, clock, audit, imports, media } = deps;

  async function orderOf(
    actor: Actor,
    body: { profileId: string; tags?: string[] | null; dryRun?: boolean | null },
  ): Promise<Order> {
    const profile = isUuid(body.profileId) ? await deps.store.profile(actor, body.profileId) : undefined;
    if (!profile) throw new Failure('PROFILE_NOT_FOUND');
    const tags = readTags(body.tags);
    assertTags(tags);
    const country = profile.country ?? deps.defaultCountry;
    return { profile: { ...profile, country }, tags, isDryRun: body.dryRun ?? false };
  }

  const recorded = (tx: Parameters<AuditLog['record']>[0], actor: Actor, order: Order, details: object) =>
    audit.record(tx, actor, {
      action: 'contact.import',
      resource: { type: 'profile', id: order.profile.id },
      details: { isDryRun: order.isDryRun, ...details },
    });

  /** All of it or nothing, in one transaction. */
  async function atOnce(
    actor: Actor,
    order: Order,
    rows: readonly WrittenRow[],
    named: (row: RowReport) => string,
  ) {
    const { profile, tags, isDryRun } = order;
    const how = {
      whose: { organizationId: profile.organizationId, profileId: profile.id },
      ...{ country: profile.country, tags, isDryRun },
    };
    const reports = await inTransaction(db, async (tx) => {
      if (!(await deps.store.profile(actor, profile.id, tx))) throw new Failure('PROFILE_NOT_FOUND');
      const all: RowReport[] = [];
      for (let at = 0; at < rows.length; at += rowsAtOnce) {
        all.push(...(await deps.takeRows(tx, rows.slice(at, at + rowsAtOnce), how)));
      }
      await recorded(tx, actor, order, countsOf(all));
      return all;
    });
    const failed = reports.filter(({ status }) => status === 'failed');
    return {
      isLater: false as const,
      result: {
        ...countsOf(reports),
        errors: failed.slice(0, errorsShown).map(named),
        rows: reports.slice(0, rowsShown),
        isDryRun,
      },
    };
  }

  async function asJob(actor: Actor, order: Order, mediaId: string, reading: Reading) {
    const { profile, tags, isDryRun } = order;
    const now = clock.now();
    const stored: StoredReading = { reading, country: profile.country, tags };
    const row = await inTransaction(db, async (tx) => {
      if (!(await deps.store.profile(actor, profile.id, tx))) throw new Failure('PROFILE_NOT_FOUND');
      const id = newId();
      const whose = { organization_id: profile.organizationId, profile_id: profile.id };
      await media.refer(tx, profile.organizationId, mediaId, {
        kind: 'contact-import',
        id,
        profileId: profile.id,
      });
      const made = await imports.insert(tx, {
        ...{ id, ...whose, media_id: mediaId, is_dry_run: isDryRun, status: 'running' as const },
        ...{ reading: JSON.stringify(stored), created_at: now, updated_at: now },
      });
      await recorded(tx, actor, order, { importId: id });
      await deps.jobs.enqueue(tx, importContacts, { importId: id }, { whose: actor.organizationId });
      return made;
    });
    return { isLater: true as const, result: presentImport(row) };
  }

  const keep = (actor: Actor, file: Readable, filename: string, mimetype: string) =>
    media.store(actor.organizationId, file, { filename, mimetype });

  /** The first rows, as many as are taken at once; undefined when there are more. */
  async function fewRows(open: OpenFile, reading: Reading): Promise<WrittenRow[] | undefined> {
    const rows: WrittenRow[] = [];
    try {
      for await (const row of rowsOf(open, reading, 0)) {
        rows.push(row);
        if (rows.length > atOnceRowsMax) return undefined;
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      throw new Failure('CSV_UNREADABLE', { says: error.message, cause: error });
    }
    return rows;
  }

  async function importOf(actor: Actor, id: string): Promise<ImportRow> {
    const row = await imports.find(actor, id);
    if (!row) throw new Failure('IMPORT_NOT_FOUND');
    return row;
  }

  async function* failuresOf(id: string): AsyncGenerator<string> {
    yield stringify([['line', 'phone', 'reason']]);
    for (let line = 0; ; ) {
      const rows = await imports.problems(id, line, rowsAtOnce);
      if (rows.length > 0) yield stringify(rows.map((row) => [row.line, withQuote(row.phone), row.reason]));
      line = rows.at(-1)?.line ?? line;
      if (rows.length < rowsAtOnce) return;
    }
  }

  return {
    /** A list of people. @throws Failure PROFILE_NOT_FOUND, MEDIA_QUOTA_EXCEEDED */
    async list(actor: Actor, body: Static<typeof ImportContacts>) {
      const order = await orderOf(actor, body);
      const written = body.contacts.map(({ phone, name, tags, metadata }, at) => ({
        ...{ line: at + 1, phone: phone.trim(), name: name?.trim() ?? '' },
        ...{ tags: tags ?? [], metadata: metadata ?? {} },
      }));
      if (written.length <= atOnceRowsMax) {
        return atOnce(actor, order, written, ({ phone, reason }) => `${phone}: ${reason}`);
      }
      const lines = Readable.from(
        (function* () {
          for (const { line: _line, ...row } of written) yield Buffer.from(`${JSON.stringify(row)}\n`);
        })(),
      );
      const { id } = await keep(actor, lines, 'contacts.jsonl', 'application/x-ndjson');
      return asJob(actor, order, id, { is: 'json-lines' });
    },

    /** A table, as text or as an uploaded file. @throws Failure */
    async table(actor: Actor, body: Static<typeof ImportCsv>) {
      const order = await orderOf(actor, body);
      const [text, uploadId] = [given(body.csvData), given(body.uploadId)];
      if ((text === undefined) === (uploadId === undefined)) {
        const problem = 'is needed, or uploadId: one of them';
        throw new Failure('VALIDATION_ERROR', { details: [{ path: '/csvData', problem }] });
      }
      const upload = uploadId === undefined ? undefined : await media.take(actor, { mediaId: uploadId });
      const open: OpenFile = async () =>
        upload ? (await media.openMedia(actor, upload.id)).stream : Readable.from(piecesOf(text ?? ''));
      const reading = await readingOf(open, body.mapping ?? undefined);
      const bytes = upload?.size ?? Buffer.byteLength(text ?? '');
      const few = bytes <= atOnceBytesMax ? await fewRows(open, reading) : undefined;
      if (few) return atOnce(actor, order, few, ({ line, reason }) => `Row ${line}: ${reason}`);
      const file =
        upload ?? (await keep(actor, Readable.from(piecesOf(text ?? '')), 'contacts.csv', 'text/csv'));
      return asJob(actor, order, file.id, reading);
    },

    async all(actor: Actor, query: { profileId?: string; limit?: number; cursor?: string | undefined }) {
      const profileId = await profileOf(db, actor, given(query.profileId));
      const slice = sliceOf(query);
      const rows = await imports.list(actor, profileId, slice);
      const { shown, next } = cut(slice, rows, ({ created_at: at, id }) => ({ at, id }));
      return { imports: shown.map(presentImport), cursor: next };
    },

    /** @throws Failure IMPORT_NOT_FOUND */
    get: async (actor: Actor, id: string) => presentImport(await importOf(actor, id)),

    /** The rows that failed, as CSV. @throws Failure IMPORT_NOT_FOUND */
    async failures(actor: Actor, id: string): Promise<Readable> {
      await importOf(actor, id);
      return Readable.from(failuresOf(id), { objectMode: false });
    },

    /** Ends it where it stands, and forgets its report. @throws Failure IMPORT_NOT_FOUND */
    remove(actor: Actor, id: string) {
      return inTransaction(db, async (tx) => {
        const row = await imports.remove(tx, actor, id);
        if (!row) throw new Failure('IMPORT_NOT_FOUND');
        if (row.status === 'running') await media.release(tx, 'contact-import', [id]);
        return { success: true };
      });
    },

    /** Forgets what was reported long ago. */
    purge: () => imports.purge(later(clock.now(), -keptMs)),
  };
}

export type ImportService = ReturnType<typeof createImportService>;

function presentImport(row: ImportRow) {
  return {
    ...{ id: row.id, profileId: row.profile_id, status: row.status, isDryRun: row.is_dry_run },
    ...{ rowsRead: row.rows_read, created: row.created, updated: row.updated, failed: row.failed },
    errors: row.error === null ? [] : [row.error],
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
