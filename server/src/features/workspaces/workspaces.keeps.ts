import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const workspaceKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'workspaces',
        place: 120,
        table: 'workspaces',
        columns: [
          'id',
          'organization_id',
          'name',
          'slug',
          'description',
          'settings',
          'created_at',
          'updated_at',
        ],
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
    ],
  },
  inJobs: ['workspaces'],
};
