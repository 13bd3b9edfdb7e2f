import type { Generated } from 'kysely';

export interface KnowledgeDocumentsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  /** Unique in the profile. */
  name: string;
  /** What it was put in as: `txt`, `md`, `pdf`, `docx` or `csv`. */
  type: string;
  /** Bytes of its text. */
  size: number;
  content_hash: string;
  chunk_count: number;
  /** `ready`, `embedding` while vectors are made, `failed` when they could not be: its words are found in any case. */
  status: string;
  created_at: Date;
  updated_at: Date;
}

interface KnowledgeChunksTable {
  id: string;
  document_id: string;
  organization_id: string;
  profile_id: string;
  position: number;
  heading: string | null;
  content: string;
  lead_length: number;
  /** Words, each as often as it stands there. */
  length: number;
  /** One position each, which says how often a word stands there. */
  words: string;
  hash: string;
}

/** In how many chunks of a profile a word stands. */
interface KnowledgeTermsTable {
  term: string;
  profile_id: string;
  df: number;
}

/** Locked first by whoever changes what a profile knows. */
interface KnowledgeStatsTable {
  profile_id: string;
  organization_id: string;
  documents: Generated<number>;
  chunks: Generated<number>;
  total_length: Generated<string>;
  /** One more with each change. */
  version: Generated<string>;
}

/** Of what a chunk says; equal texts of a profile share one. */
interface KnowledgeVectorsTable {
  profile_id: string;
  organization_id: string;
  hash: string;
  model: string;
  /** Of length 1, four bytes a number. */
  vector: Buffer;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    knowledge_documents: KnowledgeDocumentsTable;
    knowledge_chunks: KnowledgeChunksTable;
    knowledge_terms: KnowledgeTermsTable;
    knowledge_stats: KnowledgeStatsTable;
    knowledge_vectors: KnowledgeVectorsTable;
  }
}
