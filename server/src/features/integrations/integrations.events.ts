import Type from 'typebox';
import { defineEvent } from '../../platform/events/define.ts';

export const integrationUpdated = defineEvent({
  name: 'integration.updated',
  what: 'Chatwoot or Typebot was set up, changed or switched off. Not delivered to webhooks.',
  permission: 'settings:read',
  example: { kind: 'chatwoot', enabled: true },
  body: Type.Object({ kind: Type.String(), enabled: Type.Boolean() }),
  isPublic: false,
});
