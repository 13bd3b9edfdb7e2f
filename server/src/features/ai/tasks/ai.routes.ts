import { failsWith } from '../../../http/fails-with.ts';
import type { App } from '../../../platform/feature.ts';
import * as wire from './ai.schema.ts';
import type { AiService } from './ai.service.ts';

const tags = ['AI'];
/** How a question to a language model may end. */
export const askFails = [
  'AI_NOT_CONFIGURED',
  'AI_UNAVAILABLE',
  'AI_REFUSED',
  'AI_LIMIT_REACHED',
  'RATE_LIMITED',
] as const;
const config = { access: 'ai:use', idempotent: true } as const;

/** `/ai`: questions to the language model of the organisation. */
export function aiRoutes(app: App, ai: AiService): void {
  app.get(
    '/ai/status',
    {
      config: { access: 'ai:use' },
      schema: {
        tags,
        summary: 'Whether there is a language model, whether it answers, and what it has used.',
        response: { 200: wire.AiStatus },
      },
    },
    async ({ actor }) => ai.status(actor),
  );
  app.get(
    '/ai/usage',
    {
      config: { access: 'settings:read' },
      schema: {
        tags,
        summary: 'What the language model was used for, by day, purpose and model.',
        querystring: wire.UsageQuery,
        response: { 200: wire.UsageOfDays, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => ai.usage(actor, query),
  );
  app.post(
    '/ai/complete',
    {
      config,
      schema: {
        tags,
        summary: 'Ask the language model anything.',
        description:
          'One question, one answer. Its tokens are set aside before and counted after. At temperature 0 an equal question is ' +
          'answered as before for a day.',
        body: wire.CompleteBody,
        response: { 200: wire.Completion, ...failsWith('VALIDATION_ERROR', ...askFails) },
      },
    },
    async ({ actor, body }) => ai.complete(actor, body),
  );
  app.post(
    '/ai/sentiment',
    {
      config,
      schema: {
        tags,
        summary: 'The mood of a message: positive, negative or neutral.',
        body: wire.SentimentBody,
        response: { 200: wire.Sentiment, ...failsWith('VALIDATION_ERROR', ...askFails) },
      },
    },
    async ({ actor, body }) => ai.sentiment(actor, body.message),
  );
  app.post(
    '/ai/translate',
    {
      config,
      schema: {
        tags,
        summary: 'Translate a message; placeholders, links, numbers and marks stay as they are.',
        body: wire.TranslateBody,
        response: { 200: wire.Translation, ...failsWith('VALIDATION_ERROR', ...askFails) },
      },
    },
    async ({ actor, body }) => ai.translate(actor, body),
  );
}
