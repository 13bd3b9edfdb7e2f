import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const statusKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'statuses',
        place: 240,
        table: 'statuses',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'wa_message_id',
          'author',
          'author_name',
          'from_me',
          'type',
          'content',
          'revoked_at',
          'timestamp',
          'created_at',
        ],
        key: [
          ['timestamp', 'timestamptz'],
          ['id', 'uuid'],
        ],
        newestFirst: true,
        perProfile: true,
        of: ofOrganization,
      },
    ],
  },
  rows: [{ place: 50, table: 'statuses', of: ofOrganization }],
};
