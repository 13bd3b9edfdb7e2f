import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { Db } from '../../platform/db/transaction.ts';
import { withQuote } from '../contacts/index.ts';
import { presentRecipient } from './broadcasts.present.ts';
import type { BroadcastRow } from './broadcasts.store.ts';
import { listRecipients } from './recipients.store.ts';

const rowsAtOnce = 1_000;
const columns = [
  'chatId',
  'phone',
  'status',
  'state',
  'code',
  'error',
  'messageId',
  'sentAt',
  'updatedAt',
  'variant',
  'repliedAt',
  'optedOut',
] as const;

/** All recipients of a campaign with how far each is, as CSV; read as it is sent, so its size does not matter. */
export function recipientsAsCsv(db: Db, broadcast: BroadcastRow): Readable {
  async function* rows(): AsyncGenerator<string> {
    yield stringify([[...columns]]);
    for (let after = 0; ; ) {
      const page = await listRecipients(db, broadcast.id, {
        ...{ levels: undefined, after, limit: rowsAtOnce, offset: 0 },
      });
      const cells = page.map((row) => {
        const shown = presentRecipient(row, broadcast);
        return columns.map((column) => withQuote(String(shown[column] ?? '')));
      });
      if (cells.length > 0) yield stringify(cells);
      after = page.at(-1)?.ord ?? after;
      if (page.length < rowsAtOnce) return;
    }
  }
  return Readable.from(rows(), { objectMode: false });
}
