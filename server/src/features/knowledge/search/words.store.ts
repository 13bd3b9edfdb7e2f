import { sql } from 'kysely';
import { errorCode } from '../../../platform/db/database-unusable.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { lexeme } from '../text/prepare.ts';

/** What ranking needs to know of a profile. */
export interface Corpus {
  chunks: number;
  totalLength: number;
  /** One more with each change of what the profile knows. */
  version: string;
  /** In how many chunks each of the words stands; words that stand in none are missing. */
  df: ReadonlyMap<string, number>;
}

/** A word that is written like one that nobody wrote. */
export interface Likeness {
  asked: string;
  term: string;
  df: number;
  /** Above 0, at most 1. */
  likeness: number;
}

/** A word to look for, and what finding it is worth. */
export interface WeighedTerm {
  term: string;
  weight: number;
  /** Whether chunks are looked up by it; the others only count in those that were found. */
  leads: boolean;
}

/** A chunk with its score, and which of the words, by their place, stand in it. */
interface Scored {
  id: string;
  score: number;
  matched: number[];
}

/** The two numbers of BM25: how soon repeating a word stops counting, and how much a long chunk loses. */
export const bm25 = { k1: 1.2, b: 0.75 };
/** So many chunks of one word are looked at, and so many of all are scored in full. */
const candidatesMax = 20_000;
const scoredMax = 400;
const msMax = 5_000;
const cancelled = '57014';
const likenessMin = 0.45;

/** Finds chunks of a profile by their words. */
export function createWordsStore(db: Db) {
  return {
    /**
     * Runs the look-ups of one search: along the indexes, whatever the planner knows of the tables. Undefined when it takes
     * longer than {@link msMax}.
     */
    async along<T>(work: (tx: Tx) => Promise<T>): Promise<T | undefined> {
      try {
        return await inTransaction(db, async (tx) => {
          await sql`select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
            set_config('statement_timeout', ${String(msMax)}, true)`.execute(tx);
          return work(tx);
        });
      } catch (error) {
        if (errorCode(error) === cancelled) return undefined;
        throw error;
      }
    },

    /** Undefined for a profile of another organisation, and one that knows nothing. */
    async corpus(
      tx: Tx,
      organizationId: string,
      profileId: string,
      terms: readonly string[],
    ): Promise<Corpus | undefined> {
      const { rows } = await sql<{
        chunks: number;
        total_length: string;
        version: string;
        term: string | null;
        df: number;
      }>`
        select s.chunks, s.total_length, s.version, t.term, t.df
        from knowledge_stats s left join knowledge_terms t
          on t.profile_id = s.profile_id and t.term = any(${[...terms]}::text[])
        where s.profile_id = ${profileId} and s.organization_id = ${organizationId}`.execute(tx);
      const [first] = rows;
      if (!first || first.chunks === 0) return undefined;
      const df = new Map(rows.flatMap((row) => (row.term === null ? [] : [[row.term, row.df] as const])));
      return {
        chunks: first.chunks,
        totalLength: Number(first.total_length),
        version: first.version,
        df,
      };
    },

    /** Words of the profile that are written like these, the likest first, at most three for each. */
    async alike(tx: Tx, profileId: string, words: readonly string[]): Promise<Likeness[]> {
      const { rows } = await sql<Likeness>`
        with setting as materialized (
          select set_config('pg_trgm.similarity_threshold', ${String(likenessMin)}, true) as value
        )
        select asked.word as asked, k.term, k.df, k.likeness
        from setting, unnest(${[...words]}::text[]) as asked (word) cross join lateral (
          select t.term, t.df, similarity(t.term, asked.word) as likeness from knowledge_terms t
          where t.profile_id = ${profileId} and t.term % asked.word and setting.value <> ''
          order by likeness desc, t.df desc, t.term limit 3
        ) k`.execute(tx);
      return rows;
    },

    /** Whether words that are written alike can be found here. A database of somebody else's may lack the extension. */
    async hasTrigrams(): Promise<boolean> {
      const { rows } = await sql<{ found: boolean }>`
        select exists (select from pg_index where indexrelid = to_regclass('knowledge_terms_by_trigram')
          and indisvalid) as found`.execute(db);
      return rows[0]?.found ?? false;
    },

    /**
     * The best chunks by BM25. First those that have a leading word, ordered as if each of their words stood there once,
     * which needs no look at the chunk; of the first of them all words are counted.
     */
    async best(
      tx: Tx,
      { organizationId, profileId }: { organizationId: string; profileId: string },
      terms: readonly WeighedTerm[],
      { averageLength, limit }: { averageLength: number; limit: number },
    ): Promise<Scored[]> {
      const { k1, b } = bm25;
      const norm = sql`${k1}::float8 * (${1 - b}::float8 + ${b}::float8 * h.length / ${averageLength}::float8)`;
      const { rows } = await sql<Scored>`
        with q as materialized (
          select term, query::tsquery as query, weight, leads, n::int from unnest(
            ${terms.map(({ term }) => term)}::text[], ${terms.map(({ term }) => lexeme(term))}::text[],
            ${terms.map(({ weight }) => weight)}::float8[], ${terms.map(({ leads }) => leads)}::boolean[]
          ) with ordinality as t (term, query, weight, leads, n)
        ), hit as materialized (
          select h.id, h.length from q cross join lateral (
            select c.id, c.length from knowledge_chunks c
            where c.profile_id = ${profileId} and c.organization_id = ${organizationId} and c.words @@ q.query
            limit ${candidatesMax}
          ) h
          where q.leads group by h.id, h.length
          order by sum(q.weight) * ${k1 + 1}::float8 / (1 + ${norm}) desc, h.id limit ${scoredMax}
        )
        select h.id, sum(q.weight * w.positions[1] * ${k1 + 1}::float8 / (w.positions[1] + ${norm})) as score,
          array_agg(q.n - 1) as matched
        from hit h join knowledge_chunks c on c.id = h.id cross join lateral unnest(c.words) as w
          join q on q.term = w.lexeme
        group by h.id order by score desc, h.id limit ${limit}`.execute(tx);
      return rows;
    },
  };
}

export type WordsStore = ReturnType<typeof createWordsStore>;
