import type { App } from '../../platform/feature.ts';
import * as wire from './organizations.schema.ts';
import type { OrganizationService } from './organizations.service.ts';

const tags = ['Organizations'];

/** `/organizations/current`: the caller's own. */
export function organizationRoutes(app: App, service: OrganizationService): void {
  app.get(
    '/organizations/current',
    {
      config: { access: 'org:read' },
      schema: {
        tags,
        summary: 'Get the current organization with its workspaces.',
        response: { 200: wire.OrganizationWithWorkspaces },
      },
    },
    async (request) => service.current(request.actor),
  );

  app.put(
    '/organizations/current',
    {
      config: { access: 'org:update' },
      schema: {
        tags,
        summary: 'Change the current organization; absent fields stay, `settings` is replaced.',
        description:
          '`defaultCountry` completes phone numbers that begin with 0, where a profile names no country ' +
          'of its own; null takes the default of the server.',
        body: wire.UpdateOrganization,
        response: { 200: wire.Organization },
      },
    },
    async (request) => service.update(request.actor, request.body),
  );
}
