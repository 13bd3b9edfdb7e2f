import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isUuid } from '../../platform/ids.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import { isProfileOf, isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { StatusesTable } from './statuses.tables.ts';

export type StatusRow = Selectable<StatusesTable>;

/** The only SQL about status updates. */
export function createStatusStore(db: Db) {
  return {
    /** Newest first, along the index. */
    async list(
      tenancy: Tenancy,
      profileId: string,
      page: Pick<Slice, 'limit' | 'after'>,
    ): Promise<StatusRow[]> {
      return db
        .selectFrom('statuses')
        .selectAll()
        .where(isRowOf(tenancy, 'statuses'))
        .where('profile_id', '=', profileId)
        .where(behind(page, { at: 'timestamp', id: 'id' }, 'down'))
        .orderBy('timestamp', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .execute();
    },

    /** By our id or WhatsApp's, whichever profile has it. */
    async get(tenancy: Tenancy, id: string): Promise<StatusRow | undefined> {
      return db
        .selectFrom('statuses')
        .selectAll()
        .where(isRowOf(tenancy, 'statuses'))
        .where(isUuid(id) ? 'id' : 'wa_message_id', '=', id)
        .where('profile_id', 'in', (eb) => eb.selectFrom('profiles').select('id').where(isProfileOf(tenancy)))
        .orderBy('timestamp', 'desc')
        .limit(1)
        .executeTakeFirst();
    },

    /** By our id or WhatsApp's. */
    async find(
      tenancy: Tenancy,
      profileId: string,
      id: string,
      tx: Db | Tx = db,
    ): Promise<StatusRow | undefined> {
      return tx
        .selectFrom('statuses')
        .selectAll()
        .where(isRowOf(tenancy, 'statuses'))
        .where('profile_id', '=', profileId)
        .where(isUuid(id) ? 'id' : 'wa_message_id', '=', id)
        .orderBy('timestamp', 'desc')
        .limit(1)
        .executeTakeFirst();
    },

    /** One that is posted from here. */
    async post(tx: Tx, row: Insertable<StatusesTable>): Promise<StatusRow> {
      return tx.insertInto('statuses').values(row).returningAll().executeTakeFirstOrThrow();
    },

    /** Locks it for what is done to it. */
    async lock(tx: Tx, id: string): Promise<StatusRow | undefined> {
      return tx.selectFrom('statuses').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    },

    async update(tx: Tx, id: string, values: Updateable<StatusesTable>): Promise<StatusRow> {
      return tx
        .updateTable('statuses')
        .set(values)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    /** What the profile was told to do; null: what the server does by itself. */
    async dropsStatuses(tx: Tx, profileId: string): Promise<boolean | null> {
      const row = await tx
        .selectFrom('profiles')
        .select('drop_statuses')
        .where('id', '=', profileId)
        .executeTakeFirst();
      return row?.drop_statuses ?? null;
    },

    /** Answers those that were not there already. */
    async insert(tx: Tx, rows: Insertable<StatusesTable>[]): Promise<StatusRow[]> {
      if (rows.length === 0) return [];
      return tx
        .insertInto('statuses')
        .values(rows)
        .onConflict((oc) => oc.doNothing())
        .returningAll()
        .execute();
    },

    /**
     * Only whoever posted a status takes it back; what it said is erased, as of messages. Answers it when it was there
     * and not taken back before.
     */
    async revoke(
      tx: Tx,
      profileId: string,
      posted: { id: string; authors: string[]; at: Date },
    ): Promise<StatusRow | undefined> {
      return tx
        .updateTable('statuses')
        .set({ revoked_at: posted.at, content: '{}' })
        .where('profile_id', '=', profileId)
        .where('wa_message_id', '=', posted.id)
        .where('author', 'in', posted.authors)
        .where('revoked_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
    },
  };
}

export type StatusStore = ReturnType<typeof createStatusStore>;
