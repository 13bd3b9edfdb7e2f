import type { Access, Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import type { AuditLog } from './record.ts';

const againMs = 60_000;
const knownMax = 10_000;

/**
 * Records in the audit log that a caller lacked the permission for a route: once a minute for each caller and
 * route, so that a client in a loop does not fill the log. The answer neither waits for it nor fails with it.
 */
export function createDenials(deps: { db: Db; audit: AuditLog; clock: Clock; log: Log }) {
  const { db, audit, clock, log } = deps;
  const notedAtMs = new Map<string, number>();
  const writing = new Set<Promise<void>>();

  return {
    note(actor: Actor, route: { method: string; path: string; access: Access }): void {
      const id = `${route.method} ${route.path}`;
      const callerAndRoute = `${actor.apiKeyId ?? actor.userId} ${id}`;
      const nowMs = clock.now().getTime();
      if (nowMs < (notedAtMs.get(callerAndRoute) ?? Number.NEGATIVE_INFINITY) + againMs) return;
      if (notedAtMs.size >= knownMax) notedAtMs.clear();
      notedAtMs.set(callerAndRoute, nowMs);
      const write = audit
        .record(db, actor, {
          action: 'access.denied',
          resource: { type: 'route', id },
          outcome: 'failed',
          details: { permission: route.access },
        })
        .catch((error: unknown) => log.warn({ err: error }, 'A refusal could not be noted in the audit log'))
        .finally(() => writing.delete(write));
      writing.add(write);
    },

    /** Resolves when all rows under way are written. */
    async settle(): Promise<void> {
      await Promise.all(writing);
    },
  };
}
