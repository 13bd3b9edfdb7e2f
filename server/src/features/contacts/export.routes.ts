import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { App } from '../../platform/feature.ts';
import { profileOf, profilesOf } from '../../platform/known-profiles.store.ts';
import { ContactExport, ExportQuery } from './contacts.schema.ts';
import type { ContactFilter, ContactStore } from './contacts.store.ts';
import { csvOf, streamCsv } from './export.ts';
import { readTagsOfQuery } from './tags.ts';

/** In one JSON answer; a download has no bound. */
const jsonRowsMax = 50_000;

/** `GET /contacts/export/csv`: as JSON for shipped clients, or as a file. */
export function exportRoutes(
  app: App,
  deps: {
    db: Db;
    clock: Clock;
    audit: AuditLog;
    store: ContactStore;
    /** What a segment adds to a filter. @throws Failure SEGMENT_NOT_FOUND */
    segment(actor: Actor, id: string): Promise<Pick<ContactFilter, 'within'>>;
  },
): void {
  const { db, clock, audit, store } = deps;

  async function begin(actor: Actor, filter: ContactFilter) {
    const one = await profileOf(db, actor, filter.profileId);
    const profileIds = one ? [one] : await profilesOf(db, actor);
    const filename = `contacts_${one ?? 'all'}_${clock.now().getTime()}.csv`;
    await audit.record(db, actor, {
      action: 'contact.export',
      resource: { type: 'profile', id: one ?? null },
      details: { isFiltered: Boolean(filter.search || filter.tags?.length || filter.within) },
    });
    return { profileIds, filename };
  }

  app.get(
    '/contacts/export/csv',
    {
      config: { access: 'contact:export' },
      schema: {
        tags: ['Contacts'],
        summary: 'Export contacts as CSV, by name: as JSON, or with `download=true` as a file.',
        description:
          'Cells that a spreadsheet would run as a formula begin with a quote; an import takes it off again. ' +
          `JSON has at most ${jsonRowsMax} contacts, a file all of them. Behind the five columns that are always there come the ` +
          'fields in `metadata`: texts as `metadata.<field>`, a hundred at most, everything else as JSON in `metadata`.',
        querystring: ExportQuery,
        response: {
          200: {
            description: 'The contacts.',
            content: {
              'application/json': { schema: ContactExport },
              'text/csv': { schema: Type.String({ examples: ['phone,name,whatsapp_name,tags,created_at'] }) },
            },
          },
          ...failsWith('PROFILE_NOT_FOUND', 'SEGMENT_NOT_FOUND', 'EXPORT_TOO_LARGE'),
        },
      },
    },
    async ({ actor, query }, reply) => {
      const tags = readTagsOfQuery(query.tags);
      const segment = query.segmentId === undefined ? {} : await deps.segment(actor, query.segmentId);
      const filter = { profileId: given(query.profileId), search: query.search, tags, ...segment };
      const { profileIds, filename } = await begin(actor, filter);
      if (query.download) {
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${filename}"`)
          .header('x-content-type-options', 'nosniff')
          .send((await streamCsv(store, actor.organizationId, profileIds, filter)) as never);
      }
      let [csv, count] = ['', 0];
      for await (const page of csvOf(store, actor.organizationId, profileIds, filter)) {
        csv += page.text;
        count += page.count;
        if (count > jsonRowsMax) throw new Failure('EXPORT_TOO_LARGE');
      }
      return reply.send({ csv, count, filename });
    },
  );
}
