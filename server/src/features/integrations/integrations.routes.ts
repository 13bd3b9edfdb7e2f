import { failsWith } from '../../http/fails-with.ts';
import { given } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import type { createPast } from './chatwoot/past.ts';
import * as wire from './integrations.schema.ts';
import type { ConfigService } from './settings/config.service.ts';

const tags = ['Integrations'];

/** `/integrations`: what an organisation sets for Chatwoot and Typebot. */
export function integrationRoutes(
  app: App,
  service: ConfigService,
  past: ReturnType<typeof createPast>,
): void {
  app.get(
    '/integrations/config',
    {
      config: { access: 'settings:read' },
      schema: {
        tags,
        summary: 'What is set for Chatwoot and Typebot, secrets masked, and how they are doing.',
        response: { 200: wire.IntegrationConfig },
      },
    },
    async ({ actor }) => service.get(actor),
  );
  app.put(
    '/integrations/config',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Set up Chatwoot or Typebot; it counts at once.',
        description:
          'An integration reads and sends messages: whoever sets one up needs `message:read` and `message:send` for its ' +
          'profiles. Null takes one away; then the settings of the server count again, for the oldest organization.',
        body: wire.ConfigBody,
        response: { 200: wire.ConfigSaved, ...failsWith('VALIDATION_ERROR', 'PERMISSION_DENIED') },
      },
    },
    async ({ actor, body }) => service.put(actor, body),
  );
  app.post(
    '/integrations/test',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Try Chatwoot or Typebot: nothing is sent to anybody.',
        description:
          'Says in words what went wrong. Ten times a minute at most; private addresses only where `OUTBOUND_ALLOW` names them.',
        body: wire.TestBody,
        response: { 200: wire.Tested, ...failsWith('VALIDATION_ERROR', 'RATE_LIMITED') },
      },
    },
    async ({ actor, body }) => service.test(actor, body),
  );
  app.post(
    '/integrations/chatwoot/past',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Tell Chatwoot what was said before, up to 500 messages of each chat.',
        description:
          'It goes on after this answer; `state.waiting` of the configuration says how much is left. What Chatwoot has is ' +
          'not told again.',
        body: wire.PastBody,
        response: {
          200: wire.PastBegun,
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'INTEGRATION_NOT_FOUND'),
        },
      },
    },
    async ({ actor, body }) =>
      past.begin(actor.organizationId, { days: body.days ?? 7, profileId: given(body.profileId) }),
  );
}
