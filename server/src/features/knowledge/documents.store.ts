import { type Insertable, type Selectable, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { holdProfile } from '../../platform/known-profiles.store.ts';
import type { Slice } from '../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { KnowledgeDocumentsTable } from './knowledge.tables.ts';
import type { PreparedChunk } from './text/prepare.ts';

export type DocumentRow = Selectable<KnowledgeDocumentsTable>;

/** How much a profile knows. */
interface Stock {
  documents: number;
  chunks: number;
}

const chunksAtOnce = 500;

/** The SQL about documents, their chunks, and the counts of words that follow from them. */
export function createDocumentStore(db: Db) {
  return {
    /** The newest first. */
    list(tenancy: Tenancy, profileId: string, { after, limit, offset }: Slice): Promise<DocumentRow[]> {
      return db
        .selectFrom('knowledge_documents')
        .selectAll()
        .where(isRowOf(tenancy, 'knowledge_documents'))
        .where('profile_id', '=', profileId)
        .$if(after !== undefined, (query) =>
          query.where(sql<boolean>`(created_at, id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`),
        )
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .offset(offset)
        .execute();
    },

    find(tenancy: Tenancy, id: string, from: Db | Tx = db): Promise<DocumentRow | undefined> {
      return from
        .selectFrom('knowledge_documents')
        .selectAll()
        .where(isRowOf(tenancy, 'knowledge_documents'))
        .where('id', '=', id)
        .executeTakeFirst();
    },

    named(tx: Tx, profileId: string, name: string): Promise<DocumentRow | undefined> {
      return tx
        .selectFrom('knowledge_documents')
        .selectAll()
        .where('profile_id', '=', profileId)
        .where('name', '=', name)
        .executeTakeFirst();
    },

    /** Locks the profile's place among profiles, then what it knows; undefined when the profile is gone. */
    async lock(tx: Tx, organizationId: string, profileId: string): Promise<Stock | undefined> {
      if (!(await holdProfile(tx, organizationId, profileId))) return undefined;
      await tx
        .insertInto('knowledge_stats')
        .values({ profile_id: profileId, organization_id: organizationId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return tx
        .selectFrom('knowledge_stats')
        .select(['documents', 'chunks'])
        .where('profile_id', '=', profileId)
        .forUpdate()
        .executeTakeFirstOrThrow();
    },

    insert(tx: Tx, row: Insertable<KnowledgeDocumentsTable>): Promise<DocumentRow> {
      return tx.insertInto('knowledge_documents').values(row).returningAll().executeTakeFirstOrThrow();
    },

    update(tx: Tx, id: string, change: Partial<Insertable<KnowledgeDocumentsTable>>): Promise<DocumentRow> {
      return tx
        .updateTable('knowledge_documents')
        .set(change)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    async remove(tx: Tx, id: string): Promise<void> {
      await tx.deleteFrom('knowledge_documents').where('id', '=', id).execute();
    },

    /** Gives a document its chunks, and counts their words. The profile is locked. */
    async addChunks(tx: Tx, document: DocumentRow, chunks: readonly PreparedChunk[]): Promise<void> {
      const { id, organization_id, profile_id } = document;
      for (let from = 0; from < chunks.length; from += chunksAtOnce) {
        const part = chunks.slice(from, from + chunksAtOnce);
        await sql`
          insert into knowledge_chunks (id, document_id, organization_id, profile_id, position, heading, content,
            lead_length, length, words, hash)
          select id, ${id}::uuid, ${organization_id}::uuid, ${profile_id}::uuid, ${from}::int + n::int - 1, heading,
            content, lead_length, length, words::tsvector, hash
          from unnest(${part.map(() => newId())}::uuid[], ${part.map(({ heading }) => heading)}::text[],
            ${part.map(({ content }) => content)}::text[], ${part.map(({ leadLength }) => leadLength)}::int[],
            ${part.map(({ length }) => length)}::int[], ${part.map(({ words }) => words)}::text[],
            ${part.map(({ hash }) => hash)}::text[])
            with ordinality as t (id, heading, content, lead_length, length, words, hash, n)`.execute(tx);
      }
      await sql`
        insert into knowledge_terms (profile_id, term, df)
        select ${profile_id}::uuid, w.lexeme, count(*) from knowledge_chunks c, unnest(c.words) as w
        where c.document_id = ${id} group by w.lexeme order by w.lexeme
        on conflict (term, profile_id) do update set df = knowledge_terms.df + excluded.df`.execute(tx);
      await count(tx, document, 1);
    },

    /** Takes a document's chunks away, and what was counted of them. The profile is locked. Answers their hashes. */
    async removeChunks(tx: Tx, document: DocumentRow): Promise<string[]> {
      await count(tx, document, -1);
      await sql`
        with gone as materialized (
          select w.lexeme, count(*)::int as df from knowledge_chunks c, unnest(c.words) as w
          where c.document_id = ${document.id} group by w.lexeme
        ), less as (
          update knowledge_terms t set df = t.df - gone.df from gone
          where t.profile_id = ${document.profile_id} and t.term = gone.lexeme and t.df > gone.df
        )
        delete from knowledge_terms t using gone
        where t.profile_id = ${document.profile_id} and t.term = gone.lexeme and t.df <= gone.df`.execute(tx);
      const gone = await tx
        .deleteFrom('knowledge_chunks')
        .where('document_id', '=', document.id)
        .returning('hash')
        .execute();
      return gone.map(({ hash }) => hash);
    },

    /** Documents whose vectors were to be made are so now, or were not. Answers those that changed. */
    settle(tx: Tx, profileId: string, status: 'ready' | 'failed', now: Date): Promise<DocumentRow[]> {
      const open = status === 'ready' ? ['embedding', 'failed'] : ['embedding'];
      return tx
        .updateTable('knowledge_documents')
        .set({ status, updated_at: now })
        .where('profile_id', '=', profileId)
        .where('status', 'in', open)
        .returningAll()
        .execute();
    },

    /** Runs the work in a transaction. */
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

/** Adds a document to what is counted of its profile, or takes it away. */
async function count(tx: Tx, { id, profile_id }: DocumentRow, sign: 1 | -1): Promise<void> {
  await sql`
    update knowledge_stats s set documents = s.documents + ${sign}::int, chunks = s.chunks + ${sign}::int * c.chunks,
      total_length = s.total_length + ${sign}::int * c.total, version = s.version + 1
    from (select count(*)::int as chunks, coalesce(sum(length), 0)::bigint as total
      from knowledge_chunks where document_id = ${id}) c
    where s.profile_id = ${profile_id}`.execute(tx);
}

export type DocumentStore = ReturnType<typeof createDocumentStore>;
