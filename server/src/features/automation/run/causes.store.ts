import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** The SQL about which events automations caused, and how deep they lie. */
export function createCauseStore(db: Db) {
  return {
    async note(tx: Tx, eventIds: readonly string[], depth: number, at: Date): Promise<void> {
      if (eventIds.length === 0) return;
      await tx
        .insertInto('automation_causes')
        .values(eventIds.map((event_id) => ({ event_id, depth, at })))
        .execute();
    },

    /** 0 of an event that no automation caused. */
    async depthOf(tx: Tx, eventId: string): Promise<number> {
      const row = await tx
        .selectFrom('automation_causes')
        .select('depth')
        .where('event_id', '=', eventId)
        .executeTakeFirst();
      return row?.depth ?? 0;
    },

    /** Those from before; answers how many rows went. */
    async purge(before: Date, max: number): Promise<number> {
      const { numAffectedRows = 0n } = await sql`delete from automation_causes where event_id in (
        select event_id from automation_causes where at < ${before} order by at limit ${max})`.execute(db);
      return Number(numAffectedRows);
    },
  };
}

export type CauseStore = ReturnType<typeof createCauseStore>;
