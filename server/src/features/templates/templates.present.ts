import type { TemplateRow } from './templates.store.ts';

/** A template as clients see it. */
export function presentTemplate(row: TemplateRow) {
  return {
    id: row.id,
    profileId: row.profile_id,
    name: row.name,
    category: row.category,
    messageType: row.message_type,
    content: row.content,
    variables: row.variables,
    usageCount: row.usage_count,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
