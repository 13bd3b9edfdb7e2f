import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const settingsKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'organizationSettings',
        place: 254,
        table: 'organization_settings',
        columns: ['organization_id', 'area', 'settings', 'updated_at'],
        withheld: { secrets: 'secrets' },
        key: [
          ['organization_id', 'uuid'],
          ['area', 'text'],
        ],
        of: ofOrganization,
      },
    ],
  },
};
