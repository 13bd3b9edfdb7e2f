import { failsWith } from '../../../http/fails-with.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import { Me, Preferences } from './me.schema.ts';
import type { MeService } from './me.service.ts';

const tags = ['Auth'];
const preferencesBytesMax = 16_384;

/** `/auth/me` and `/auth/preferences`: the signed-in person. */
export function meRoutes(app: App, me: MeService): void {
  app.get(
    '/auth/me',
    {
      config: { access: 'person' },
      schema: { tags, summary: 'Get the current user.', response: { 200: Me } },
    },
    async (request) => me.get(request.actor),
  );

  app.get(
    '/auth/preferences',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Get the preferences that were stored, or {}.',
        response: { 200: Preferences },
      },
    },
    async (request) => me.preferences(request.actor),
  );

  app.patch(
    '/auth/preferences',
    {
      config: { access: 'person' },
      bodyLimit: preferencesBytesMax,
      schema: {
        tags,
        summary: 'Replace the stored preferences by this object, at most 16 kB.',
        body: Preferences,
        response: { 200: Success, ...failsWith('VALIDATION_ERROR') },
      },
    },
    async (request) => me.replacePreferences(request.actor, request.body),
  );
}
