import { type Selectable, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { OptOutsTable, OptOutWordsTable } from './consent.tables.ts';

export type OptOutRow = Selectable<OptOutsTable>;
export type WordsRow = Selectable<OptOutWordsTable>;

/** An opt-out that is to be noted, of several names of somebody the first. */
export interface NewOptOut {
  organizationId: string;
  profileId: string | null;
  chat: string;
  scope: OptOutRow['scope'];
  source: OptOutRow['source'];
  messageId?: string | null;
  at: Date;
}

/** The only SQL about opt-outs and their words. */
export function createOptOutStore(db: Db) {
  return {
    db,

    list(
      tenancy: Tenancy,
      { profileId, names, revoked }: { profileId?: string; names?: string[]; revoked: boolean },
      page: Slice,
    ): Promise<OptOutRow[]> {
      return db
        .selectFrom('opt_outs')
        .selectAll()
        .where(isRowOf(tenancy, 'opt_outs'))
        .$if(profileId !== undefined, (query) => query.where('profile_id', '=', profileId as string))
        .$if(names !== undefined, (query) => query.where('chat', 'in', names as string[]))
        .$if(!revoked, (query) => query.where('revoked_at', 'is', null))
        .where(behind(page, { at: 'at', id: 'id' }, 'down'))
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },

    find(tenancy: Tenancy, id: string): Promise<OptOutRow | undefined> {
      return db
        .selectFrom('opt_outs')
        .selectAll()
        .where(isRowOf(tenancy, 'opt_outs'))
        .where('id', '=', id)
        .executeTakeFirst();
    },

    /** Those that are new or count again, of many in one statement; each chat once. */
    async note(tx: Tx, all: readonly NewOptOut[]): Promise<OptOutRow[]> {
      const rows = all.toSorted((a, b) => (a.chat < b.chat ? -1 : 1));
      const column = <T>(read: (row: NewOptOut) => T) => rows.map(read);
      const { rows: noted } = await sql<OptOutRow>`insert into opt_outs as o
          (id, organization_id, profile_id, chat, scope, source, message_id, at)
        select * from unnest(${column(() => newId())}::uuid[], ${column((row) => row.organizationId)}::uuid[],
          ${column((row) => row.profileId)}::uuid[], ${column((row) => row.chat)}::text[],
          ${column((row) => row.scope)}::text[], ${column((row) => row.source)}::text[],
          ${column((row) => row.messageId ?? null)}::uuid[], ${column((row) => row.at)}::timestamptz[])
        on conflict (organization_id, chat, scope) do update
          set profile_id = excluded.profile_id, source = excluded.source, message_id = excluded.message_id,
            at = excluded.at, revoked_at = null
          where o.revoked_at is not null
        returning *`.execute(tx);
      return noted;
    },

    /** Who is known under one of these names may be written to again. */
    async revoke(tx: Tx, organizationId: string, names: readonly string[], at: Date): Promise<OptOutRow[]> {
      return tx
        .updateTable('opt_outs')
        .set({ revoked_at: at })
        .where('organization_id', '=', organizationId)
        .where('chat', 'in', [...names])
        .where('revoked_at', 'is', null)
        .returningAll()
        .execute();
    },

    /** The same of one row. */
    async revokeOne(tx: Tx, tenancy: Tenancy, id: string, at: Date): Promise<OptOutRow | undefined> {
      return tx
        .updateTable('opt_outs')
        .set({ revoked_at: at })
        .where(isRowOf(tenancy, 'opt_outs'))
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
    },

    /** Nothing is left of these names. */
    async forget(tx: Tx, organizationId: string, names: readonly string[]): Promise<void> {
      const are = sql<boolean>`organization_id = ${organizationId} and chat = any(${[...names]}::text[])`;
      await tx.deleteFrom('opt_outs').where(are).execute();
      await tx.deleteFrom('consents').where(are).execute();
    },

    /** True when it may be confirmed now: the last time was before `since`. */
    async confirm(tx: Tx, id: string, now: Date, since: Date): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('opt_outs')
        .set({ confirmed_at: now })
        .where('id', '=', id)
        .where((row) => row.or([row('confirmed_at', 'is', null), row('confirmed_at', '<=', since)]))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    async wordsOf(profileIds: readonly string[], from: Db | Tx = db): Promise<Map<string, WordsRow>> {
      const rows = await from
        .selectFrom('opt_out_words')
        .selectAll()
        .where('profile_id', 'in', [...profileIds])
        .execute();
      return new Map(rows.map((row) => [row.profile_id, row]));
    },

    async setWords(tx: Tx, row: WordsRow): Promise<WordsRow> {
      const { profile_id, organization_id, ...change } = row;
      return tx
        .insertInto('opt_out_words')
        .values(row)
        .onConflict((conflict) => conflict.column('profile_id').doUpdateSet(change))
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    /** The country of local numbers: the profile's, else the organisation's. */
    async countryOf(organizationId: string, profileId: string | undefined): Promise<string | null> {
      const { rows } = await sql<{ country: string | null }>`
        select coalesce(p.default_country, o.default_country) as country from organizations o
        left join profiles p on p.organization_id = o.id and p.id = ${profileId ?? null}::uuid
        where o.id = ${organizationId}`.execute(db);
      return rows[0]?.country ?? null;
    },

    /** Runs the work in a transaction. */
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type OptOutStore = ReturnType<typeof createOptOutStore>;
