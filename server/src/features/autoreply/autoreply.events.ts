import Type from 'typebox';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';

export const autoreplyUpdated = defineEvent({
  name: 'autoreply.updated',
  what: 'What is asked for an answer where no rule has one was changed: `kind` is `webhook` or `ai`.',
  permission: 'automation:read',
  example: {
    ...{ profileId: example.profileId, kind: 'webhook', enabled: true, timestamp: example.timestamp },
  },
  body: Type.Object({
    ...{ profileId: Type.String(), kind: Type.String(), enabled: Type.Boolean(), timestamp: Type.String() },
  }),
});
