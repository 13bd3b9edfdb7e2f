import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const templateKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'templates',
        place: 216,
        table: 'templates',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'name',
          'category',
          'message_type',
          'content',
          'variables',
          'usage_count',
          'created_at',
          'updated_at',
        ],
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
    ],
  },
};
