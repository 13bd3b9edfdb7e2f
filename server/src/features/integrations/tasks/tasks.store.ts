import { type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { IntegrationTasksTable } from '../integrations.tables.ts';
import type { Kind } from '../settings/integrations.store.ts';

export type TaskRow = Selectable<IntegrationTasksTable>;
export type NewTask = Omit<Insertable<IntegrationTasksTable>, 'payload' | 'seq'> & {
  payload: Record<string, unknown>;
};
export interface Lane {
  organizationId: string;
  lane: string;
}

/** What waits for integrations, in the order of each lane. */
export function createTaskStore(db: Db) {
  return {
    async add(tx: Tx, tasks: readonly NewTask[]): Promise<void> {
      if (tasks.length === 0) return;
      const rows = tasks.map((task) => ({ ...task, payload: JSON.stringify(task.payload) }));
      await tx.insertInto('integration_tasks').values(rows).execute();
    },

    /** The first of a lane: nothing behind it begins before it is done. */
    first(kind: Kind, { organizationId, lane }: Lane): Promise<TaskRow | undefined> {
      return db
        .selectFrom('integration_tasks')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('kind', '=', kind)
        .where('lane', '=', lane)
        .orderBy('seq')
        .limit(1)
        .executeTakeFirst();
    },

    /** It begins: whoever finds it begun before looks what came of that. */
    async begin(seq: number): Promise<void> {
      await sql`update integration_tasks set attempts = attempts + 1 where seq = ${seq}`.execute(db);
    },

    async later(tx: Tx, seq: number, dueAt: Date): Promise<void> {
      await tx.updateTable('integration_tasks').set({ due_at: dueAt }).where('seq', '=', seq).execute();
    },

    async done(tx: Db | Tx, seq: number): Promise<void> {
      await tx.deleteFrom('integration_tasks').where('seq', '=', seq).execute();
    },

    async removeAll(tx: Tx, organizationId: string, kind: Kind): Promise<void> {
      await tx
        .deleteFrom('integration_tasks')
        .where('organization_id', '=', organizationId)
        .where('kind', '=', kind)
        .execute();
    },
  };
}

export type TaskStore = ReturnType<typeof createTaskStore>;
