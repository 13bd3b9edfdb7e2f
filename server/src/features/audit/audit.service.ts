import type { Readable } from 'node:stream';
import { cut, page, sliceOf } from '../../http/list.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { auditActions, auditKey } from '../../platform/audit/actions.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { presentEntry } from './audit.present.ts';
import { type AskedFilter, type AuditExport, countedMax, summaryDaysMax } from './audit.schema.ts';
import type { AuditFilter, AuditStore } from './audit.store.ts';
import { type ExportFormat, streamLog } from './export.ts';
import { readFilter } from './filter.ts';

export interface AuditDeps {
  db: Db;
  store: AuditStore;
  clock: Clock;
  audit: AuditLog;
}

/** Reading the audit log of an organisation. */
export function createAuditService({ db, store, clock, audit }: AuditDeps) {
  return {
    /** @throws Failure VALIDATION_ERROR for dates and cursors that are none. */
    async list(
      { organizationId }: Actor,
      query: AskedFilter & { cursor?: string; limit?: number; offset?: number },
    ) {
      const filter = readFilter(query);
      const slice = sliceOf(query);
      const [rows, total] = await Promise.all([
        store.list(organizationId, filter, slice),
        store.count(organizationId, filter, countedMax),
      ]);
      const { shown, next } = cut(slice, rows, ({ occurred_at: at, id }) => ({ at, id }));
      return { logs: shown.map(presentEntry), total, ...page(query), nextCursor: next };
    },

    /** What happened in the last days, today included. */
    async summary({ organizationId }: Actor, wanted: number) {
      const days = Math.min(Math.max(wanted, 1), summaryDaysMax);
      const now = clock.now().getTime();
      const today = new Date(now - (now % dayMs));
      const rows = await store.countsSince(organizationId, later(today, -(days - 1) * dayMs));
      const byAction = rows.flatMap(({ action, count }) => (action === null ? [] : [{ action, count }]));
      const byCategory: Record<string, number> = {};
      for (const { action, count } of byAction) {
        byCategory[categoryOf(action)] = (byCategory[categoryOf(action)] ?? 0) + count;
      }
      const byDay = new Map(rows.map(({ day, count }) => [day, count]));
      const daily = Array.from({ length: days }, (_, index) => {
        const date = later(today, -index * dayMs).toISOString();
        return { date, count: byDay.get(date.slice(0, 10)) ?? 0 };
      });
      return { byAction, byCategory, daily, totalLogs: byAction.reduce((sum, { count }) => sum + count, 0) };
    },

    /** Every act the log can name. */
    actions() {
      return auditActions.map((action) => ({ key: auditKey(action), action, category: categoryOf(action) }));
    },

    /**
     * Streams the log, newest first, and writes down that it was taken.
     * @throws Failure VALIDATION_ERROR for dates that are none.
     */
    async export(
      actor: Actor,
      body: AuditExport,
    ): Promise<{ stream: Readable; format: ExportFormat; name: string }> {
      const asked = given(body.filters) ?? {};
      const filter = readFilter(asked, '/filters');
      const format = given(body.format) ?? 'csv';
      await inTransaction(db, (tx) =>
        audit.record(tx, actor, {
          action: 'audit.export',
          resource: { type: 'audit', id: null },
          details: { format, from: filter.from, to: filter.to, filters: namesOf(filter) },
        }),
      );
      const stream = await streamLog(store, actor.organizationId, filter, format);
      return { stream, format, name: `audit-${clock.now().toISOString().slice(0, 10)}.${format}` };
    },
  };
}
export type AuditService = ReturnType<typeof createAuditService>;

/** Which filters were set; what was searched for is nobody's business. */
const namesOf = (filter: AuditFilter): string[] =>
  Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [name]));

const categoryOf = (action: string): string => action.split('.')[0] ?? action;
