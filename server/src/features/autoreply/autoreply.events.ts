import Type from 'typebox';
import { defineEvent } from '../../platform/events/define.ts';

export const autoreplyUpdated = defineEvent({
  name: 'autoreply.updated',
  what: 'What is asked for an answer where no rule has one was changed: `kind` is `webhook` or `ai`.',
  permission: 'automation:read',
  body: Type.Object({
    ...{ profileId: Type.String(), kind: Type.String(), enabled: Type.Boolean(), timestamp: Type.String() },
  }),
});
