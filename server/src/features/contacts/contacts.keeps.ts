import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const contactKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'contacts',
        place: 200,
        table: 'contacts',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'phone',
          'lid',
          'name',
          'whatsapp_name',
          'avatar_url',
          'tags',
          'metadata',
          'is_blocked',
          'last_message_at',
          'created_at',
          'updated_at',
        ],
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'dialledNumbers',
        place: 210,
        table: 'dialled_numbers',
        columns: ['organization_id', 'profile_id', 'dialled', 'address', 'learnt_at'],
        key: [
          ['profile_id', 'uuid'],
          ['dialled', 'text'],
        ],
        of: ofOrganization,
      },
    ],
  },
  rows: [
    { place: 70, table: 'contacts', of: ofOrganization },
    { place: 80, table: 'dialled_numbers', of: ofOrganization },
  ],
};
