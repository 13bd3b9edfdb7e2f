import { failsWith } from '../../../http/fails-with.ts';
import type { App } from '../../../platform/feature.ts';
import * as wire from './provider.schema.ts';
import type { ProviderService } from './provider.service.ts';

const tags = ['Settings'];

/** `/settings/ai`: which language model the organisation asks, and what it may cost. */
export function providerRoutes(app: App, ai: ProviderService): void {
  app.get(
    '/settings/ai',
    {
      config: { access: 'settings:read' },
      schema: {
        tags,
        summary: 'The language model of the organisation, its key masked.',
        response: { 200: wire.AiSettings },
      },
    },
    async ({ actor }) => ai.get(actor),
  );
  app.put(
    '/settings/ai',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Set a language model, and what it may be used for.',
        description:
          'Any OpenAI-compatible server: hosted, or one of your own. It counts at once. A private address needs `OUTBOUND_ALLOW`.',
        body: wire.AiSettingsBody,
        response: { 200: wire.AiSaved, ...failsWith('VALIDATION_ERROR', 'TARGET_NOT_ALLOWED') },
      },
    },
    async ({ actor, body }) => ai.put(actor, body),
  );
  app.post(
    '/settings/ai/test',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Try a language model: whether it answers, how it takes JSON, and whether it makes vectors.',
        description: 'Says in words what went wrong. Ten times a minute at most; nothing is counted for it.',
        body: wire.AiTestBody,
        response: { 200: wire.AiTested, ...failsWith('VALIDATION_ERROR', 'RATE_LIMITED') },
      },
    },
    async ({ actor, body }) => ai.test(actor, body),
  );
}
