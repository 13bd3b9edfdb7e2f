import { sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';

/** A text that has no vector yet. */
interface Unembedded {
  hash: string;
  heading: string | null;
  content: string;
}

/** A vector, and the chunks that say what it is of. */
export interface VectorRow {
  hash: string;
  vector: Buffer;
  ids: string[];
}

/** The SQL about vectors. */
export function createVectorStore(db: Db) {
  return {
    /** Texts of a profile without a vector of this model, each once. */
    async missing(profileId: string, model: string, limit: number): Promise<Unembedded[]> {
      const { rows } = await sql<Unembedded>`
        select distinct on (c.hash) c.hash, c.heading, c.content
        from knowledge_documents d join knowledge_chunks c on c.document_id = d.id
        where d.profile_id = ${profileId} and not exists (select from knowledge_vectors v
          where v.profile_id = d.profile_id and v.model = ${model} and v.hash = c.hash)
        order by c.hash limit ${limit}`.execute(db);
      return rows;
    },

    /** Keeps vectors of what is still known. */
    async keep(
      profileId: string,
      model: string,
      vectors: readonly { hash: string; vector: Buffer }[],
    ): Promise<void> {
      await sql`
        insert into knowledge_vectors (profile_id, organization_id, hash, model, vector)
        select s.profile_id, s.organization_id, t.hash, ${model}, t.vector
        from unnest(${vectors.map(({ hash }) => hash)}::text[], ${vectors.map(({ vector }) => vector)}::bytea[])
            as t (hash, vector)
          join knowledge_stats s on s.profile_id = ${profileId}
        where exists (select from knowledge_chunks c where c.hash = t.hash and c.profile_id = s.profile_id)
        on conflict do nothing`.execute(db);
    },

    /** Vectors of a model in the order of their hashes, behind one. */
    async page(profileId: string, model: string, after: string, limit: number): Promise<VectorRow[]> {
      const { rows } = await sql<VectorRow>`
        select v.hash, v.vector, array(select c.id from knowledge_chunks c
          where c.hash = v.hash and c.profile_id = v.profile_id) as ids
        from knowledge_vectors v
        where v.profile_id = ${profileId} and v.model = ${model} and v.hash > ${after}
        order by v.hash limit ${limit}`.execute(db);
      return rows;
    },

    /** How many bytes the vectors of a model have. */
    async sizeOf(profileId: string, model: string): Promise<number> {
      const { rows } = await sql<{ bytes: number }>`
        select coalesce(sum(length(vector)), 0)::float8 as bytes
        from knowledge_vectors where profile_id = ${profileId} and model = ${model}`.execute(db);
      return rows[0]?.bytes ?? 0;
    },

    /** Of texts that were known and may be no more. */
    async drop(tx: Tx, profileId: string, hashes: readonly string[]): Promise<void> {
      await sql`
        delete from knowledge_vectors v where v.profile_id = ${profileId} and v.hash = any(${[...hashes]}::text[])
          and not exists (select from knowledge_chunks c where c.hash = v.hash and c.profile_id = v.profile_id)`.execute(
        tx,
      );
    },

    /** Those of models that are in force no more. */
    async tidy(tx: Tx, profileId: string, model: string): Promise<void> {
      await tx
        .deleteFrom('knowledge_vectors')
        .where('profile_id', '=', profileId)
        .where('model', '<>', model)
        .execute();
    },

    /** Whoever holds vectors of the profile in memory sees by this that there are others. */
    async changed(tx: Tx, profileId: string): Promise<void> {
      await tx
        .updateTable('knowledge_stats')
        .set({ version: sql`version + 1` })
        .where('profile_id', '=', profileId)
        .execute();
    },

    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type VectorStore = ReturnType<typeof createVectorStore>;
