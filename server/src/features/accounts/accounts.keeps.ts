import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const accountKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'accounts',
        place: 130,
        table: 'accounts',
        columns: [
          'id',
          'organization_id',
          'workspace_id',
          'name',
          'description',
          'settings',
          'status',
          'created_at',
          'updated_at',
        ],
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
    ],
  },
  inJobs: ['accounts'],
};
