import { sql } from 'kysely';
import type { Db } from '../../../platform/db/transaction.ts';

/** A chunk with the document it is of. */
export interface FoundChunk {
  id: string;
  document_id: string;
  document_name: string;
  heading: string | null;
  position: number;
  content: string;
}

/** Reads what was found. */
export function createChunksStore(db: Db) {
  return {
    /** The chunks of the organisation with these ids, in no order; what was deleted meanwhile is missing. */
    async read(organizationId: string, ids: readonly string[]): Promise<FoundChunk[]> {
      if (ids.length === 0) return [];
      const { rows } = await sql<FoundChunk>`
        select c.id, c.document_id, d.name as document_name, c.heading, c.position, c.content
        from knowledge_chunks c join knowledge_documents d on d.id = c.document_id
        where c.id = any(${[...ids]}::uuid[]) and c.organization_id = ${organizationId}`.execute(db);
      return rows;
    },
  };
}

export type ChunksStore = ReturnType<typeof createChunksStore>;
