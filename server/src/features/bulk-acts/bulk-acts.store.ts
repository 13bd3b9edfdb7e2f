import { type Insertable, type RawBuilder, type Selectable, sql, type Updateable } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isEverywhere, profileIdInReach } from '../../platform/reach.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import type { BulkActsTable, BulkName, ItemState } from './bulk-acts.tables.ts';
import type { Outcome } from './kind.ts';

export type BulkRow = Selectable<BulkActsTable>;
export interface ItemRow {
  item_id: string;
  state: ItemState;
  code: string | null;
  reason: string | null;
}

/** The only SQL about acts on many things; an act is locked before what it is about. */
export function createBulkActStore(db: Db) {
  return {
    insert: (tx: Tx, row: Insertable<BulkActsTable>): Promise<BulkRow> =>
      tx.insertInto('bulk_acts').values(row).returningAll().executeTakeFirstOrThrow(),

    /** Takes down what it is about; answers how many. */
    async choose(tx: Tx, bulkId: string, ids: RawBuilder<unknown>): Promise<number> {
      const { numAffectedRows } = await sql`insert into bulk_act_items (bulk_id, item_id)
        select distinct ${bulkId}::uuid, chosen.id from (${ids}) chosen`.execute(tx);
      return Number(numAffectedRows ?? 0);
    },

    /** One that lies within the reach, or that the caller asked for. */
    find(
      { organizationId, reach, userId }: Tenancy & { userId: string },
      kind: BulkName,
      id: string,
    ): Promise<BulkRow | undefined> {
      const own = sql<boolean>`(asked_by = ${userId} or ${profileIdInReach(reach, 'bulk_acts.profile_id')})`;
      return db
        .selectFrom('bulk_acts')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('kind', '=', kind)
        .where('id', '=', id)
        .$if(!isEverywhere(reach), (query) => query.where(own))
        .executeTakeFirst();
    },

    /** As it is, without holding it; undefined when it has ended. */
    peek: (id: string): Promise<BulkRow | undefined> =>
      db
        .selectFrom('bulk_acts')
        .selectAll()
        .where('id', '=', id)
        .where('status', '=', 'running')
        .executeTakeFirst(),

    /** Held until the transaction ends; undefined when it has ended. */
    hold: (tx: Tx, id: string): Promise<BulkRow | undefined> =>
      tx
        .selectFrom('bulk_acts')
        .selectAll()
        .where('id', '=', id)
        .where('status', '=', 'running')
        .forUpdate()
        .executeTakeFirst(),

    /** Whether whoever asked for it is a member who may sign in, and the key they asked with is still good. */
    async mayAct({ asked_by, api_key_id, organization_id }: BulkRow, now: Date): Promise<boolean> {
      if (asked_by === null) return false;
      const { rows } = await sql`select from users u
        where u.id = ${asked_by} and u.organization_id = ${organization_id} and u.is_active
          and (${api_key_id}::uuid is null or exists (select from api_keys k where k.id = ${api_key_id}::uuid
            and (k.expires_at is null or k.expires_at > ${now})))`.execute(db);
      return rows.length > 0;
    },

    /** The next things, behind the place where it stands. */
    async next(from: Db | Tx, { id, cursor }: BulkRow, limit: number): Promise<string[]> {
      const rows = await from
        .selectFrom('bulk_act_items')
        .select('item_id')
        .where('bulk_id', '=', id)
        .$if(cursor !== null, (query) => query.where('item_id', '>', cursor as string))
        .orderBy('item_id')
        .limit(limit)
        .execute();
      return rows.map(({ item_id }) => item_id);
    },

    async settle(tx: Tx, bulkId: string, outcomes: readonly Outcome[]): Promise<void> {
      const rows = outcomes.map(({ id, is, code, reason }) => ({
        ...{ item_id: id, state: is, code: code ?? null, reason: reason ?? null },
      }));
      await sql`update bulk_act_items i set state = o.state, code = o.code, reason = o.reason
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as o (item_id uuid, state text, code text, reason text)
        where i.bulk_id = ${bulkId} and i.item_id = o.item_id`.execute(tx);
    },

    update: (tx: Tx, id: string, values: Updateable<BulkActsTable>): Promise<BulkRow> =>
      tx.updateTable('bulk_acts').set(values).where('id', '=', id).returningAll().executeTakeFirstOrThrow(),

    /** What became of each, in the order of their ids. */
    results(
      bulkId: string,
      which: { state?: ItemState | undefined; after?: string | undefined; limit: number },
    ): Promise<ItemRow[]> {
      return db
        .selectFrom('bulk_act_items')
        .select(['item_id', 'state', 'code', 'reason'])
        .where('bulk_id', '=', bulkId)
        .$if(which.state !== undefined, (query) => query.where('state', '=', which.state as ItemState))
        .$if(which.after !== undefined, (query) => query.where('item_id', '>', which.after as string))
        .orderBy('item_id')
        .limit(which.limit)
        .execute();
    },

    running(): Promise<Pick<BulkRow, 'id' | 'organization_id'>[]> {
      return db
        .selectFrom('bulk_acts')
        .select(['id', 'organization_id'])
        .where('status', '=', 'running')
        .execute();
    },

    async purge(before: Date): Promise<void> {
      await db
        .deleteFrom('bulk_acts')
        .where('created_at', '<=', before)
        .where('status', '<>', 'running')
        .execute();
    },
  };
}

export type BulkActStore = ReturnType<typeof createBulkActStore>;
