import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** Something that starts an automation by time. */
export interface Due {
  automationId: string;
  /** Empty of a schedule. */
  chat: string;
  organizationId: string;
  profileId: string;
  dueAt: Date;
  originEvent: string;
  state: object;
}

interface DueRow {
  automation_id: string;
  chat: string;
  organization_id: string;
  profile_id: string;
  due_at: Date;
  origin_event: string;
  state: object;
}

const dueOf = (row: DueRow): Due => ({
  ...{ automationId: row.automation_id, chat: row.chat, organizationId: row.organization_id },
  ...{ profileId: row.profile_id, dueAt: row.due_at, originEvent: row.origin_event, state: row.state },
});

/** The SQL about what starts automations by time. */
export function createDueStore(db: Db) {
  return {
    /** Of one that is there already the time stays, unless it is to be `later`. */
    async arm(tx: Tx, due: Due, { later }: { later: boolean }): Promise<void> {
      await sql`
        insert into automation_dues as d (automation_id, chat, organization_id, profile_id, due_at, origin_event, state)
        values (${due.automationId}, ${due.chat}, ${due.organizationId}, ${due.profileId}, ${due.dueAt},
          ${due.originEvent}, ${JSON.stringify(due.state)})
        on conflict (automation_id, chat) do update set state = excluded.state,
          due_at = case when ${later}::boolean then excluded.due_at else d.due_at end`.execute(tx);
    },

    async disarm(tx: Tx, automationIds: readonly string[], chats: readonly string[]): Promise<void> {
      await tx
        .deleteFrom('automation_dues')
        .where('automation_id', 'in', [...automationIds])
        .where('chat', 'in', [...chats])
        .execute();
    },

    /** Everything of an automation. */
    async clear(tx: Tx, automationId: string): Promise<void> {
      await tx.deleteFrom('automation_dues').where('automation_id', '=', automationId).execute();
    },

    /** The next that is due, taken out: whoever takes it puts it in again if it is to come again. */
    async take(tx: Tx, now: Date): Promise<Due | undefined> {
      const { rows } = await sql<DueRow>`
        with next as (
          select automation_id, chat from automation_dues where due_at <= ${now} order by due_at limit 1
          for update skip locked
        )
        delete from automation_dues d using next
        where d.automation_id = next.automation_id and d.chat = next.chat returning d.*`.execute(tx);
      return rows[0] && dueOf(rows[0]);
    },

    async nextAt(): Promise<Date | undefined> {
      const row = await db
        .selectFrom('automation_dues')
        .select('due_at')
        .orderBy('due_at')
        .limit(1)
        .executeTakeFirst();
      return row?.due_at;
    },
  };
}

export type DueStore = ReturnType<typeof createDueStore>;
