import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { lidChat } from '../../platform/chat-id.ts';
import type { ContactFilter, ContactStore, ExportedContact } from './contacts.store.ts';
import { withQuote } from './formula.ts';
import { fieldPrefix, otherFields } from './import/columns.ts';

const rowsPerPage = 1_000;
const columns = ['phone', 'name', 'whatsapp_name', 'tags', 'created_at'] as const;
/** Columns for fields of their own; further ones come together in the last column. */
const fieldColumnsMax = 100;

type Store = Pick<ContactStore, 'exported' | 'fields'>;

/**
 * The contacts of these profiles as CSV by name, a page of rows at a time. Behind the usual columns stand the fields of their
 * own that are texts, and in a last one, as JSON, those that are not. An import of it gives the same again: what a
 * spreadsheet would run has a quote before it, and a `;` inside a tag a backslash.
 */
export async function* csvOf(
  store: Store,
  organizationId: string,
  profileIds: readonly string[],
  filter: ContactFilter,
): AsyncGenerator<{ text: string; count: number }> {
  const fields = await store.fields(organizationId, profileIds, filter, fieldColumnsMax);
  const headers = [
    ...columns,
    ...fields.texts.map((field) => `${fieldPrefix}${field}`),
    ...(fields.hasOthers ? [otherFields] : []),
  ];
  yield { text: stringify([headers.map(withQuote)], how), count: 0 };
  for (const profileId of profileIds) {
    let after: { name: string; id: string } | undefined;
    for (;;) {
      const rows: ExportedContact[] = await store.exported(
        { organizationId, profileId },
        filter,
        after,
        rowsPerPage,
      );
      if (rows.length > 0)
        yield {
          text: stringify(
            rows.map((row) => cellsOf(row, fields)),
            how,
          ),
          count: rows.length,
        };
      const last = rows.at(-1);
      if (!last || rows.length < rowsPerPage) break;
      after = { name: last.sorted, id: last.id };
    }
  }
}

// A carriage return inside a cell needs quotes as well.
const how = { quoted_match: /[\r\n]/ };

function cellsOf(row: ExportedContact, fields: { texts: string[]; hasOthers: boolean }): string[] {
  const { phone, lid, name, whatsapp_name, tags, metadata, created_at } = row;
  const others = Object.entries(metadata).filter(
    ([field, value]) => typeof value !== 'string' || !fields.texts.includes(field),
  );
  const text = (field: string) => (Object.hasOwn(metadata, field) ? metadata[field] : undefined);
  return [
    phone ?? lidChat(lid ?? ''),
    withQuote(name ?? ''),
    withQuote(whatsapp_name ?? ''),
    withQuote(tags.map((tag) => tag.replace(/[\\;]/g, '\\$&')).join(';')),
    created_at.toISOString(),
    ...fields.texts.map(text).map((value) => (typeof value === 'string' ? withQuote(value) : '')),
    ...(fields.hasOthers ? [others.length > 0 ? JSON.stringify(Object.fromEntries(others)) : ''] : []),
  ];
}

/**
 * The same as a stream that reads on only as fast as it is taken. Resolves once the first page is read, so that a failure
 * before it is answered as one.
 */
export async function streamCsv(...of: Parameters<typeof csvOf>): Promise<Readable> {
  const pages = csvOf(...of);
  const [head, first] = [await pages.next(), await pages.next()];
  async function* texts() {
    for (const page of [head, first]) if (!page.done) yield page.value.text;
    for await (const { text } of pages) yield text;
  }
  return Readable.from(texts(), { objectMode: false });
}
