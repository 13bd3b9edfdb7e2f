import type { App } from '../../../platform/feature.ts';
import { Me } from './me.schema.ts';
import type { MeService } from './me.service.ts';

const tags = ['Auth'];

/** `/auth/me`: the signed-in person. */
export function meRoutes(app: App, me: MeService): void {
  app.get(
    '/auth/me',
    {
      config: { access: 'person' },
      schema: { tags, summary: 'Get the current user.', response: { 200: Me } },
    },
    async (request) => me.get(request.actor),
  );
}
