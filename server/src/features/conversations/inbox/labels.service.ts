import type { Actor } from '../../../platform/actor.ts';
import type { AuditAction } from '../../../platform/audit/actions.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import type { Clock } from '../../../platform/clock.ts';
import { whenTaken } from '../../../platform/db/taken.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { type LabelStore, presentLabel } from './labels.store.ts';

const labelsMax = 500;
const listedMax = 5_000;
const colorDefault = '#99b6c1';

/** Labels of an organisation; those of WhatsApp are made on the phone. */
export function createLabels(deps: { db: Db; clock: Clock; audit: AuditLog; store: LabelStore }) {
  const { db, clock, store } = deps;
  const named = <Result>(work: () => Promise<Result>) => whenTaken('labels_by_name', 'LABEL_EXISTS', work);
  const noteAct = (
    tx: Tx,
    actor: Actor,
    action: AuditAction,
    id: string,
    details?: Record<string, unknown>,
  ) => deps.audit.record(tx, actor, { action, resource: { type: 'label', id }, ...(details && { details }) });

  return {
    list: async (actor: Actor) => (await store.list(actor, listedMax)).map(presentLabel),

    create: (actor: Actor, label: { name: string; color?: string | undefined }) =>
      named(() =>
        inTransaction(db, async (tx) => {
          if ((await store.count(tx, actor.organizationId)) >= labelsMax) throw new Failure('LABELS_FULL');
          const { name, color = colorDefault } = label;
          const row = await store.insert(tx, actor.organizationId, { name, color, now: clock.now() });
          await noteAct(tx, actor, 'label.create', row.id, { name });
          return presentLabel(row);
        }),
      ),

    update: (actor: Actor, id: string, values: { name?: string | undefined; color?: string | undefined }) =>
      named(() =>
        inTransaction(db, async (tx) => {
          const { name, color } = values;
          const row = await store.update(tx, actor.organizationId, id, {
            ...(name !== undefined && { name }),
            ...(color !== undefined && { color }),
            updated_at: clock.now(),
          });
          if (!row) throw new Failure('LABEL_NOT_FOUND');
          await noteAct(tx, actor, 'label.update', id, { fields: Object.keys(values) });
          return presentLabel(row);
        }),
      ),

    remove: (actor: Actor, id: string): Promise<void> =>
      inTransaction(db, async (tx) => {
        if (!(await store.remove(tx, actor.organizationId, id))) throw new Failure('LABEL_NOT_FOUND');
        await noteAct(tx, actor, 'label.delete', id);
      }),
  };
}

export type Labels = ReturnType<typeof createLabels>;
