import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const knowledgeKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'knowledgeDocuments',
        place: 245,
        table: 'knowledge_documents',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'name',
          'type',
          'size',
          'chunk_count',
          'status',
          'created_at',
          'updated_at',
        ],
        withheld: { content_hash: 'a sum of its text, which is shown' },
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'knowledgeChunks',
        place: 246,
        table: 'knowledge_chunks',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'document_id',
          'position',
          'heading',
          'content',
          'lead_length',
        ],
        withheld: {
          length: 'how many words the content has',
          words: 'the words of the content once more, for finding it',
          hash: 'a sum of the content',
        },
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
    ],
  },
  withheld: {
    knowledge_terms: 'how often words stand in the chunks, for ranking; the chunks are shown',
    knowledge_stats: 'how many documents and chunks there are; they are shown',
    knowledge_vectors: 'numbers that a model made of the chunks, which are shown',
  },
  rows: [
    { place: 63, table: 'knowledge_vectors', of: ofOrganization, batch: 1_000 },
    { place: 61, table: 'knowledge_chunks', of: ofOrganization, batch: 1_000 },
    { place: 62, table: 'knowledge_documents', of: ofOrganization },
  ],
};
