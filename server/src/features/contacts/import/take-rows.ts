import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { Whose } from '../whose.ts';
import { type BadRow, type GoodRow, isGood, oneForEach, readRow, type WrittenRow } from './rows.ts';
import { takePeople } from './take-rows.store.ts';

/** What became of a row. */
export interface RowReport {
  line: number;
  phone: string;
  status: 'created' | 'updated' | 'failed';
  reason: string | null;
}

/** How the rows of an import are meant. */
export interface ImportHow {
  whose: Whose;
  country: string;
  /** Given to everybody. */
  tags: readonly string[];
  isDryRun: boolean;
}

/** Rows of one statement. */
export const rowsAtOnce = 1_000;
const triesMax = 5;

/** Takes rows into the contacts; answers what became of each, in their order. Done twice it changes nothing more. */
export function createRowTaker(deps: {
  clock: Clock;
  followContacts(tx: Tx, contactIds: readonly string[], how: { now: Date }): Promise<void>;
}) {
  return async (tx: Tx, written: readonly WrittenRow[], how: ImportHow): Promise<RowReport[]> => {
    const now = deps.clock.now();
    const read = written.map((row) => readRow(row, how));
    const reports = read.filter((row): row is BadRow => !isGood(row)).map(failed);
    const ids: string[] = [];
    let left = oneForEach(read.filter(isGood));
    for (let tries = 0; left.length > 0; tries++) {
      const people = left.map(({ person }) => person);
      const taken = await takePeople(tx, how.whose, people, { now, isDryRun: how.isDryRun });
      const byId = new Map(taken.map((one) => [one.id, one]));
      left = left.filter(({ person, rows }) => {
        const one = byId.get(person.id);
        if (!one?.was_made && !one?.was_there) return tries < triesMax;
        if (one.contact_id) ids.push(one.contact_id);
        reports.push(...rows.map((row, n) => takenRow(row, n === 0 && one.was_made)));
        return false;
      });
    }
    if (ids.length > 0 && !how.isDryRun) await deps.followContacts(tx, ids, { now });
    return reports.toSorted((a, b) => a.line - b.line);
  };
}

export type RowTaker = ReturnType<typeof createRowTaker>;

const failed = ({ line, phone, reason }: BadRow): RowReport => ({ line, phone, status: 'failed', reason });
const takenRow = ({ line, written }: GoodRow, isNew: boolean): RowReport => ({
  ...{ line, phone: written, reason: null },
  status: isNew ? 'created' : 'updated',
});

export function countsOf(reports: readonly RowReport[]) {
  const count = (status: RowReport['status']) => reports.filter((one) => one.status === status).length;
  return { created: count('created'), updated: count('updated'), failed: count('failed') };
}
