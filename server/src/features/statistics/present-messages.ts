import type { KindRow } from './statistics.store.ts';

/** Sums of messages as clients see them. */
export function presentMessages(rows: readonly KindRow[], days: number) {
  const byDirection: Record<string, number> = { incoming: 0, outgoing: 0 };
  const byType: Record<string, number> = {};
  const byStatus: Record<string, number> = {};
  const hourly = Array.from({ length: 24 }, (_, hour) => ({ hour, count: 0 }));
  let total = 0;
  for (const row of rows) {
    const n = Number(row.n);
    total += n;
    byDirection[row.direction] = (byDirection[row.direction] ?? 0) + n;
    if (n > 0) byType[row.type] = (byType[row.type] ?? 0) + n;
    for (const entry of hourly) entry.count += Number(row[`h${entry.hour}`]);
    for (const [status, count] of Object.entries(statusesOf(row))) {
      if (count > 0) byStatus[status] = (byStatus[status] ?? 0) + count;
    }
  }
  return { total, byDirection, byType, byStatus, hourly, averagePerDay: Math.round(total / days) };
}

/** How many stand where: those that have come so far, without those that came further. */
function statusesOf(row: KindRow): Record<string, number> {
  const [n, sent, delivered, read] = [row.n, row.sent, row.delivered, row.read].map(Number);
  const [failed, expired, cancelled] = [row.failed, row.expired, row.cancelled].map(Number);
  if (row.direction === 'incoming') return { received: n ?? 0 };
  const [all = 0, s = 0, d = 0, r = 0] = [n, sent, delivered, read];
  const [f = 0, e = 0, c = 0] = [failed, expired, cancelled];
  return {
    queued: all - s - f - e - c,
    sent: s - d,
    delivered: d - r,
    read: r,
    failed: f,
    expired: e,
    cancelled: c,
  };
}
