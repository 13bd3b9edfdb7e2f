import type { Store } from './sqlite.ts';

/** How many rows of what grows with use are kept; the oldest go first. Enough for days of heavy tests, and bounded. */
const ROWS_MAX: Record<string, number> = {
  ledger: 2_000_000,
  accepted: 1_000_000,
  prekeys_given: 1_000_000,
  queue: 1_000_000,
  retries: 1_000_000,
  retry_chats: 1_000_000,
  inbox: 2_000_000,
  inbox_receipts: 2_000_000,
  calls: 100_000,
  inbox_marks: 2_000_000,
  sent_deeds: 1_000_000,
};
const EVERY_MS = 30_000;
/** Rows that go at once, so that nobody waits for a large clean-up. */
const BATCH = 20_000;
/** The part of its bound by which a table may be over it, so that its rows are counted once in a while only. */
const SLACK = 0.02;

/** How many rows a table had at most when its newest was this one. */
interface Tally {
  readonly rows: number;
  readonly last: number;
}

/** Told how many letters of a device were not kept for it. */
type OnMailDropped = (number: string, device: number, letters: number) => void;

interface Retention {
  readonly rowsMax?: Record<string, number>;
  readonly everyMs?: number;
  readonly onMailDropped?: OnMailDropped;
}

/** Keeps the tables that grow with every message from growing for ever; gives the way to stop it. */
export function keepBounded(
  store: Store,
  { rowsMax = ROWS_MAX, everyMs = EVERY_MS, onMailDropped = () => undefined }: Retention = {},
): () => void {
  const tallies = new Map<string, Tally>();
  const timer = setInterval(() => {
    for (const [table, max] of Object.entries(rowsMax)) {
      const tally = trim(store, table, max, tallies.get(table), onMailDropped);
      if (tally) tallies.set(table, tally);
      else tallies.delete(table);
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function trim(
  store: Store,
  table: string,
  max: number,
  known: Tally | undefined,
  onMailDropped: OnMailDropped,
): Tally | undefined {
  const bounds = `SELECT min(seq) AS first, max(seq) AS last FROM ${table}`;
  const { first, last } = store.get<{ first: number | null; last: number | null }>(bounds) ?? {};
  if (!first || !last) return undefined;
  // Rows also go singly (a letter is confirmed), so that the distance tells only how many there can be.
  const since = known ? known.rows + Math.max(0, last - known.last) : Number.POSITIVE_INFINITY;
  const atMost = Math.min(last - first + 1, since);
  if (atMost <= max + Math.floor(max * SLACK)) return { rows: atMost, last };
  const rows = store.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0;
  const going = Math.min(rows - max, BATCH);
  if (going <= 0) return { rows, last };
  const sql = `SELECT seq FROM ${table} ORDER BY seq LIMIT 1 OFFSET ?`;
  const until = store.get<{ seq: number }>(sql, going - 1)?.seq ?? 0;
  if (table === 'queue') tellOfMail(store, until, onMailDropped);
  store.run(`DELETE FROM ${table} WHERE seq <= ?`, until);
  return { rows: rows - going, last };
}

function tellOfMail(store: Store, until: number, onMailDropped: OnMailDropped): void {
  const sql = 'SELECT number, device, count(*) AS letters FROM queue WHERE seq <= ? GROUP BY number, device';
  const dropped = store.all<{ number: string; device: number; letters: number }>(sql, until);
  for (const { number, device, letters } of dropped) onMailDropped(number, device, letters);
}
