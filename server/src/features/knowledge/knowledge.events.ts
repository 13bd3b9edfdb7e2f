import Type from 'typebox';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import type { DocumentRow } from './documents.store.ts';
import { presentDocument } from './knowledge.present.ts';
import { KnowledgeDocument } from './knowledge.schema.ts';

const Text = Type.String();
const body = Type.Object({ profileId: Text, documentId: Text, document: KnowledgeDocument });
const documentId = '0199d6a2-f607-7192-8394-a5b6c7d8ea0b';
const aDocument = {
  profileId: example.profileId,
  documentId,
  document: {
    ...{ id: documentId, profileId: example.profileId, name: 'Opening hours', type: 'txt', size: 1840 },
    ...{ chunkCount: 3, status: 'ready', createdAt: example.timestamp, updatedAt: example.timestamp },
  },
};

export const knowledgeCreated = defineEvent({
  name: 'knowledge.created',
  what: 'A profile was given a document to know.',
  permission: 'knowledge:read',
  example: aDocument,
  body,
});

export const knowledgeUpdated = defineEvent({
  name: 'knowledge.updated',
  what: 'A document that a profile knows was replaced, or its vectors are ready or failed.',
  permission: 'knowledge:read',
  example: aDocument,
  body,
});

export const knowledgeDeleted = defineEvent({
  name: 'knowledge.deleted',
  what: 'A profile knows a document no longer.',
  permission: 'knowledge:read',
  example: aDocument,
  body,
});

/** Of a document, for its events: never what it says. */
export function eventOf(row: DocumentRow) {
  return {
    organizationId: row.organization_id,
    profileId: row.profile_id,
    body: { profileId: row.profile_id, documentId: row.id, document: presentDocument(row) },
  };
}
