import type { Actor, Origin } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { newId } from '../ids.ts';
import type { AuditAction } from './actions.ts';
import { insertAuditLog } from './audit-logs.store.ts';

/** Who performed the action. An {@link Actor} fits; a sign-in names the person and the origin. */
export type AuditedBy =
  | Pick<Actor, 'organizationId' | 'userId' | 'apiKeyId' | 'origin'>
  | { organizationId: string | null; userId: string | null; apiKeyId?: string; origin?: Origin };

/** One action. `before` and `after` contain the changed fields, without secrets and without names and texts of people. */
export interface AuditEntry {
  action: AuditAction;
  resource: { type: string; id: string | null };
  outcome?: 'success' | 'failed';
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  details?: Record<string, unknown>;
}

/** Writes the audit log in the transaction of the action, so that there is no action without its row. */
export interface AuditLog {
  record(tx: Db | Tx, by: AuditedBy, entry: AuditEntry): Promise<void>;
}

const userAgentLengthMax = 255;

export function createAuditLog({ clock }: { clock: Clock }): AuditLog {
  return {
    async record(tx, { organizationId, userId, apiKeyId, origin }, entry) {
      const { action, resource, outcome = 'success', before, after, details } = entry;
      await insertAuditLog(tx, {
        id: newId(),
        organization_id: organizationId,
        action,
        user_id: userId,
        api_key_id: apiKeyId ?? null,
        resource_type: resource.type,
        resource_id: resource.id,
        outcome,
        metadata: JSON.stringify({ ...details, ...(before && { before }), ...(after && { after }) }),
        ip_address: origin?.ipAddress ?? null,
        user_agent: origin?.userAgent?.slice(0, userAgentLengthMax) ?? null,
        occurred_at: clock.now(),
      });
    },
  };
}

/** The fields that differ, with the values of `before` and of `after`, for an audit row. */
export function differences<Row extends Record<string, unknown>>(
  before: Row,
  after: Row,
): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const fields = Object.keys(after).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  const of = (row: Row) => Object.fromEntries(fields.map((field) => [field, row[field]]));
  return { before: of(before), after: of(after) };
}
