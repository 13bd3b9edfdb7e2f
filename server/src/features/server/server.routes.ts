import type { App } from '../../platform/feature.ts';
import { ServerAnswer, type ServerFacts } from './server.schema.ts';

/** `/server`: what a page has to know before anybody signs in. */
export function serverRoutes(app: App, facts: () => Promise<ServerFacts>): void {
  app.get(
    '/server',
    {
      config: { access: 'public' },
      schema: {
        tags: ['Health'],
        summary: 'What this server is and offers; for pages that nobody has signed in at.',
        response: { 200: ServerAnswer },
      },
    },
    async () => facts(),
  );
}
