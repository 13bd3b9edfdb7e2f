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
          ...['status', 'failure_code', 'failure_reason', 'origin_kind', 'origin_id', 'client_reference'],
          'audience_count',
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
  withheld: {
    status_posts: 'which status updates are on their way, and to whom',
    status_views: 'who has status updates; shown with `GET /statuses/:id/views`',
    status_files:
      'where files lie at WhatsApp and what opens them; the files are shown with their status updates',
  },
  hiding: [
    {
      place: 21,
      async hide(tx, organizationId) {
        await tx
          .deleteFrom('status_posts')
          .where('organization_id', '=', organizationId)
          .where('state', 'in', ['queued', 'sending'])
          .execute();
      },
    },
  ],
  rows: [
    { place: 46, table: 'status_posts', of: ofOrganization },
    { place: 47, table: 'status_views', of: ofOrganization },
    { place: 48, table: 'status_files', of: ofOrganization },
    { place: 50, table: 'statuses', of: ofOrganization },
  ],
};
