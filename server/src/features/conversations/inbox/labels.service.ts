import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import { whenTaken } from '../../../platform/db/taken.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { type LabelStore, presentLabel } from './labels.store.ts';

const labelsMax = 500;
const listedMax = 5_000;
const colorDefault = '#99b6c1';

/** Labels of an organisation; those of WhatsApp are made on the phone. */
export function createLabels(deps: { db: Db; clock: Clock; store: LabelStore }) {
  const { db, clock, store } = deps;
  const named = <Result>(work: () => Promise<Result>) => whenTaken('labels_by_name', 'LABEL_EXISTS', work);
  return {
    list: async (actor: Actor) => (await store.list(actor, listedMax)).map(presentLabel),

    create: (actor: Actor, label: { name: string; color?: string | undefined }) =>
      named(() =>
        inTransaction(db, async (tx) => {
          if ((await store.count(tx, actor.organizationId)) >= labelsMax) throw new Failure('LABELS_FULL');
          const { name, color = colorDefault } = label;
          return presentLabel(
            await store.insert(tx, actor.organizationId, { name, color, now: clock.now() }),
          );
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
          return presentLabel(row);
        }),
      ),

    remove: (actor: Actor, id: string): Promise<void> =>
      inTransaction(db, async (tx) => {
        if (!(await store.remove(tx, actor.organizationId, id))) throw new Failure('LABEL_NOT_FOUND');
      }),
  };
}

export type Labels = ReturnType<typeof createLabels>;
