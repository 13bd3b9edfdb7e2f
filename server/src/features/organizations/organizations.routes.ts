import Type from 'typebox';
import { JsonObject, Timestamp, Uuid } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import { Workspace } from '../workspaces/index.ts';
import type { OrganizationService } from './organizations.service.ts';

const Organization = Type.Object(
  {
    id: Uuid,
    name: Type.String({ examples: ['Corner Bakery'] }),
    slug: Type.String({ examples: ['corner-bakery-1f2e3d4c'] }),
    plan: Type.String({ examples: ['free'] }),
    settings: JsonObject,
    createdAt: Timestamp,
    updatedAt: Timestamp,
    workspaces: Type.Array(Workspace),
  },
  { title: 'Organization' },
);

/** `/organizations`: the caller's own. */
export function organizationRoutes(app: App, service: OrganizationService): void {
  app.get(
    '/organizations/current',
    {
      config: { access: 'org:read' },
      schema: {
        tags: ['Organizations'],
        summary: 'Get the current organization with its workspaces.',
        response: { 200: Organization },
      },
    },
    async (request) => service.current(request.actor),
  );
}
