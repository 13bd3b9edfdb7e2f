import type { DocumentRow } from './documents.store.ts';

/** A document as clients see it. */
export function presentDocument(row: DocumentRow) {
  return {
    id: row.id,
    profileId: row.profile_id,
    name: row.name,
    type: row.type,
    size: row.size,
    chunkCount: row.chunk_count,
    status: row.status,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
