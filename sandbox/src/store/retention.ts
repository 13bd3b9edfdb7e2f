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

/** Keeps the tables that grow with every message from growing for ever; gives the way to stop it. */
export function keepBounded(store: Store, rowsMax = ROWS_MAX, everyMs = EVERY_MS): () => void {
  const timer = setInterval(() => {
    for (const [table, max] of Object.entries(rowsMax)) trim(store, table, max);
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function trim(store: Store, table: string, max: number): void {
  const bounds = `SELECT min(seq) AS first, max(seq) AS last FROM ${table}`;
  const { first, last } = store.get<{ first: number | null; last: number | null }>(bounds) ?? {};
  if (!first || !last) return;
  const until = Math.min(last - max, first + BATCH);
  if (until >= first) store.run(`DELETE FROM ${table} WHERE seq <= ?`, until);
}
