import { type Insertable, type Selectable, sql } from 'kysely';
import { errorCode } from '../../platform/db/database-unusable.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import type { HookReceiptsTable } from './hooks.tables.ts';
import type { RepeatKey } from './repeats.ts';

export type ReceiptRow = Selectable<HookReceiptsTable>;
export type NewReceipt = Insertable<HookReceiptsTable>;

/** Of PostgreSQL, when a row refers to one that is not there. */
const noSuchRow = '23503';

/** What came to hooks. */
export function createReceiptStore(db: Db) {
  return {
    list(hookId: string, page: Slice): Promise<ReceiptRow[]> {
      return db
        .selectFrom('hook_receipts')
        .selectAll()
        .where('hook_id', '=', hookId)
        .where(behind(page, { at: 'received_at', id: 'id' }, 'down'))
        .orderBy('received_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },

    /** The last payload that is kept. */
    async last(hookId: string): Promise<ReceiptRow | undefined> {
      return db
        .selectFrom('hook_receipts')
        .selectAll()
        .where('hook_id', '=', hookId)
        .where('payload', 'is not', null)
        .orderBy('received_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
    },

    /** @throws Failure HOOK_NOT_FOUND when the hook was deleted in the meantime */
    async insert(tx: Db | Tx, row: NewReceipt): Promise<ReceiptRow> {
      const insert = tx.insertInto('hook_receipts').values(row).returningAll();
      return insert.executeTakeFirstOrThrow().catch((error: unknown) => {
        throw errorCode(error) === noSuchRow ? new Failure('HOOK_NOT_FOUND', { cause: error }) : error;
      });
    },

    /** Nobody else works on the same delivery until the transaction ends; false when somebody does. */
    async take(tx: Tx, hookId: string, { key }: RepeatKey): Promise<boolean> {
      const { rows } = await sql<{ taken: boolean }>`
        select pg_try_advisory_xact_lock(hashtextextended(${`${hookId} ${key.toString('hex')}`}, 42)) as taken`.execute(
        tx,
      );
      return rows[0]?.taken === true;
    },

    /** The receipt whose message this would repeat: under the sender's key at any time, by its body since a moment. */
    async repeated(
      tx: Db | Tx,
      hookId: string,
      { key, isOwn }: RepeatKey,
      since: Date,
    ): Promise<ReceiptRow | undefined> {
      return tx
        .selectFrom('hook_receipts')
        .selectAll()
        .where('hook_id', '=', hookId)
        .where('repeat_key', '=', key)
        .where('status', '=', 'sent')
        .$if(!isOwn, (query) => query.where('received_at', '>', since))
        .orderBy('received_at', 'desc')
        .limit(1)
        .executeTakeFirst();
    },

    /** Lets go of all payloads of a hook but the newest. */
    async forgetPayloads(hookId: string, keep: number): Promise<void> {
      await sql`update hook_receipts set payload = null
        where hook_id = ${hookId} and payload is not null and (received_at, id) <= (
          select received_at, id from hook_receipts where hook_id = ${hookId} and payload is not null
          order by received_at desc, id desc offset ${keep} limit 1)`.execute(db);
    },

    /** Deletes some receipts from before the moment; answers how many. */
    async purgeOld(before: Date, batch: number): Promise<number> {
      const { numAffectedRows } = await sql`delete from hook_receipts where id in (
        select id from hook_receipts where received_at < ${before} order by received_at limit ${batch})`.execute(
        db,
      );
      return Number(numAffectedRows ?? 0);
    },

    /** Deletes some receipts of hooks that have more than so many, the oldest first; answers how many. */
    async purgeMany(keep: number, batch: number): Promise<number> {
      const { numAffectedRows } = await sql`delete from hook_receipts where id in (
        select r.id from hooks h
        cross join lateral (select received_at, id from hook_receipts where hook_id = h.id
          order by received_at desc, id desc offset ${keep} limit 1) edge
        join hook_receipts r on r.hook_id = h.id and (r.received_at, r.id) <= (edge.received_at, edge.id)
        limit ${batch})`.execute(db);
      return Number(numAffectedRows ?? 0);
    },
  };
}

export type ReceiptStore = ReturnType<typeof createReceiptStore>;
