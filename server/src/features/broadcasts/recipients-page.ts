import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { presentRecipient } from './broadcasts.present.ts';
import type { BroadcastRow } from './broadcasts.store.ts';
import { countsOf } from './count/counters.store.ts';
import { level, noCounts, type PublicState } from './count/levels.ts';
import { shownLevels } from './count/shown-levels.ts';
import { countRecipients, listRecipients } from './recipients.store.ts';

export interface RecipientsAsked {
  status?: PublicState | undefined;
  code?: string | undefined;
  /** True: only who has answered. */
  replied?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
  offset: number;
}

/** A page of the recipients of a campaign, and how many there are. @throws Failure VALIDATION_ERROR */
export async function recipientsPage(
  db: Db,
  row: BroadcastRow,
  { status, code, replied, cursor, ...page }: RecipientsAsked,
) {
  const { id } = row;
  const levels = status && shownLevels(status, row);
  const from = afterOf(cursor);
  const rows = await listRecipients(db, id, {
    ...{ levels, codes: code === undefined ? undefined : [code], replied, after: from },
    ...{ limit: page.limit + 1, offset: from > 0 ? 0 : page.offset },
  });
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    recipients: shown.map((one) => presentRecipient(one, row)),
    total: await totalOf(db, row, { levels, code, replied }),
    ...{ ...page, cursor: last && rows.length > shown.length ? String(last.ord) : null },
  };
}

/** From the counters, unless a reason or an answer is looked for: those are few. */
async function totalOf(
  db: Db,
  row: BroadcastRow,
  of: { levels: readonly number[] | undefined; code: string | undefined; replied: boolean | undefined },
): Promise<number> {
  if (row.folded_at) return 0;
  const levels = of.levels ?? Object.values(level);
  if (of.code !== undefined || of.replied) {
    const codes = of.code === undefined ? undefined : [of.code];
    return countRecipients(db, row.id, levels, { codes, replied: of.replied });
  }
  const counts = (await countsOf(db, [row.id])).get(row.id) ?? noCounts();
  return levels.reduce((sum: number, one) => sum + countAt(counts, one), 0);
}

/** How many are exactly so far: the counters of what was reached count those beyond, too. */
function countAt(counts: ReturnType<typeof noCounts>, at: number): number {
  if (at === level.sent) return counts.sent - counts.delivered;
  if (at === level.delivered) return counts.delivered - counts.read;
  const name = (Object.keys(level) as (keyof typeof level)[]).find((one) => level[one] === at);
  return name ? counts[name] : 0;
}

function afterOf(cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  const problem = 'is not a cursor of a page before';
  throw new Failure('VALIDATION_ERROR', { details: [{ path: '/cursor', problem }] });
}
