import { type Selectable, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import { behind, type Slice } from '../../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../../platform/tenancy.ts';
import type { ConsentsTable } from '../consent.tables.ts';

export type ConsentRow = Selectable<ConsentsTable>;

interface NewConsent {
  organizationId: string;
  profileId: string | null;
  chat: string;
  kind: string;
  source: string;
  evidence: Record<string, unknown>;
  at: Date;
}

/** Who has agreed to be written to. */
export function createConsentStore(db: Db) {
  return {
    db,

    list(
      tenancy: Tenancy,
      { profileId, names, kind }: { profileId?: string; names?: string[]; kind?: string },
      page: Slice,
    ): Promise<ConsentRow[]> {
      return db
        .selectFrom('consents')
        .selectAll()
        .where(isRowOf(tenancy, 'consents'))
        .$if(profileId !== undefined, (query) => query.where('profile_id', '=', profileId as string))
        .$if(names !== undefined, (query) => query.where('chat', 'in', names as string[]))
        .$if(kind !== undefined, (query) => query.where('kind', '=', kind as string))
        .where(behind(page, { at: 'at', id: 'id' }, 'down'))
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },

    /** Notes many in one statement, each person once; answers those that are new. What is there stays, unless `replace`. */
    async note(tx: Tx, all: readonly NewConsent[], { replace = false } = {}): Promise<ConsentRow[]> {
      const rows = all
        .toSorted((a, b) => (a.chat < b.chat ? -1 : 1))
        .map(({ organizationId, profileId, ...row }) => ({
          ...{ id: newId(), organization_id: organizationId, profile_id: profileId, ...row },
        }));
      const conflict = replace
        ? sql`do update set profile_id = excluded.profile_id, source = excluded.source,
            evidence = excluded.evidence, at = excluded.at`
        : sql`do nothing`;
      const { rows: noted } = await sql<ConsentRow>`
        insert into consents (id, organization_id, profile_id, chat, kind, source, evidence, at)
        select id, organization_id, profile_id, chat, kind, source, evidence, at
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, organization_id uuid, profile_id uuid,
          chat text, kind text, source text, evidence jsonb, at timestamptz)
        order by chat
        on conflict (organization_id, chat, kind) ${conflict}
        returning *`.execute(tx);
      return noted;
    },

    remove(tx: Tx, tenancy: Tenancy, id: string): Promise<ConsentRow | undefined> {
      return tx
        .deleteFrom('consents')
        .where(isRowOf(tenancy, 'consents'))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
    },

    /** Runs the work in a transaction. */
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type ConsentStore = ReturnType<typeof createConsentStore>;
