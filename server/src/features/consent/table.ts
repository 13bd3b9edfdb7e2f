import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import { chatKind, tryParseChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';
import { type OpenFile, readingOf, rowsOf, Unreadable, withQuote } from '../contacts/index.ts';
import type { Media } from '../media/index.ts';
import { presentOptOut } from './opt-outs.present.ts';
import type { ImportOptOutsBody } from './opt-outs.schema.ts';
import type { OptOutService } from './opt-outs.service.ts';
import type { NewOptOut, OptOutRow, OptOutStore } from './opt-outs.store.ts';

const rowsAtOnce = 1_000;
const errorsShown = 100;
const columns = ['phone', 'chat', 'scope', 'source', 'at'] as const;

/** The list as a table, in and out. */
export function createOptOutTable(deps: {
  clock: Clock;
  audit: AuditLog;
  store: OptOutStore;
  service: Pick<OptOutService, 'placeFor'>;
  media: Pick<Media, 'openMedia'>;
  defaultCountry: string;
}) {
  const { clock, store, audit } = deps;

  function fileOf(actor: Actor, { csvData, mediaId }: ImportOptOutsBody): OpenFile {
    const [text, id] = [given(csvData), given(mediaId)];
    if ((text === undefined) === (id === undefined)) {
      const problem = 'one of csvData and mediaId is the table';
      throw new Failure('VALIDATION_ERROR', { details: [{ path: '', problem }] });
    }
    if (id !== undefined) return async () => (await deps.media.openMedia(actor, id)).stream;
    return async () => Readable.from([Buffer.from(text ?? '')]);
  }

  return {
    /**
     * Adds people to the list, a thousand at a time; nobody is taken off it. Broken off, what was read counts, and the same
     * again changes nothing.
     * @throws Failure CSV_COLUMN_MISSING, CSV_UNREADABLE, MEDIA_NOT_FOUND, PROFILE_NOT_FOUND
     */
    async import(actor: Actor, body: ImportOptOutsBody) {
      const profileId = await deps.service.placeFor(actor, body.profileId);
      const open = fileOf(actor, body);
      const reading = await readingOf(open, undefined);
      const country = (await store.countryOf(actor.organizationId, profileId)) ?? deps.defaultCountry;
      const scope = given(body.scope) ?? 'marketing';
      const report = {
        rows: 0,
        added: 0,
        known: 0,
        failed: 0,
        errors: [] as { line: number; reason: string }[],
      };
      const wrong = (line: number, reason: string) => {
        report.failed += 1;
        if (report.errors.length < errorsShown) report.errors.push({ line, reason });
      };
      let people = new Map<string, NewOptOut>();
      const take = async () => {
        const noted = await store.inTransaction((tx) => store.note(tx, [...people.values()]));
        report.added += noted.length;
        people = new Map();
      };
      try {
        for await (const { line, phone } of rowsOf(open, reading, 0)) {
          report.rows += 1;
          const chat = tryParseChatId(phone, country);
          if (!chat || chatKind(chat) !== 'user') {
            wrong(line, 'is no phone number with country code, nor the chat id of a person');
            continue;
          }
          people.set(chat, {
            ...{ organizationId: actor.organizationId, profileId: profileId ?? null, chat, scope },
            ...{ source: 'import', at: clock.now() },
          });
          if (people.size >= rowsAtOnce) await take();
        }
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        wrong(report.rows + 2, error.message);
      }
      if (people.size > 0) await take();
      const result = { ...report, known: report.rows - report.failed - report.added };
      const { rows, added } = result;
      await audit.record(store.db, actor, {
        ...{ action: 'contact.import', resource: { type: 'profile', id: profileId ?? null } },
        details: { optOuts: true, rows, added },
      });
      return result;
    },

    /** Everybody who is on it, newest first, read on only as fast as it is taken. */
    async export(actor: Actor): Promise<Readable> {
      await audit.record(store.db, actor, {
        ...{ action: 'contact.export', resource: { type: 'profile', id: null } },
        details: { optOuts: true },
      });
      const page = (after?: OptOutRow) =>
        store.list(
          actor,
          { revoked: false },
          { limit: rowsAtOnce, offset: 0, ...(after && { after: { at: after.at, id: after.id } }) },
        );
      // Before the answer begins, so that a failure is answered as one.
      const first = await page();
      async function* texts() {
        yield stringify([[...columns]]);
        for (let rows = first; rows.length > 0; rows = await page(rows.at(-1))) {
          const text = stringify(rows.map(presentOptOut).map(cellsOf));
          if (text) yield text;
          if (rows.length < rowsAtOnce) return;
        }
      }
      return Readable.from(texts(), { objectMode: false });
    },
  };
}

export type OptOutTable = ReturnType<typeof createOptOutTable>;

/** Of who was forgotten there is nothing to show but that there is somebody. */
const cellsOf = ({ phone, chatId, scope, source, at }: ReturnType<typeof presentOptOut>) =>
  [phone ?? '', chatId ?? '', scope, source, at].map(withQuote);
