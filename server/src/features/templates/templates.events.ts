import Type from 'typebox';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import { presentTemplate } from './templates.present.ts';
import { Template } from './templates.schema.ts';
import type { TemplateRow } from './templates.store.ts';

const Text = Type.String();
const about = { profileId: Text, templateId: Text, template: Template };
const templateId = '0199d6a2-f607-7192-8394-a5b6c7d8e9fa';
const aTemplate = {
  profileId: example.profileId,
  templateId,
  template: {
    ...{ id: templateId, profileId: example.profileId, name: 'Order is ready', category: 'utility' },
    ...{ messageType: 'text', content: { text: 'Hello {name}, order {order} is ready.' } },
    ...{ variables: ['name', 'order'], usageCount: 0 },
    ...{ createdAt: example.timestamp, updatedAt: example.timestamp },
  },
};

export const templateCreated = defineEvent({
  name: 'template.created',
  what: 'A template was written, or copied from another.',
  permission: 'template:read',
  example: aTemplate,
  body: Type.Object(about),
});

export const templateUpdated = defineEvent({
  name: 'template.updated',
  what: 'A template was changed. That it was used is not told.',
  permission: 'template:read',
  example: aTemplate,
  body: Type.Object(about),
});

export const templateDeleted = defineEvent({
  name: 'template.deleted',
  what: 'A template was deleted. Messages that were made with it stay.',
  permission: 'template:read',
  example: aTemplate,
  body: Type.Object(about),
});

/** Of a template, for its events. */
export function eventOf(row: TemplateRow) {
  return {
    organizationId: row.organization_id,
    profileId: row.profile_id,
    body: { profileId: row.profile_id, templateId: row.id, template: presentTemplate(row) },
  };
}
