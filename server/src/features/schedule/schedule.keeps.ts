import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const scheduleKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'scheduledMessages',
        place: 232,
        table: 'scheduled_messages',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'chat',
          'type',
          'content',
          'client_reference',
          'origin_kind',
          'origin_id',
          'scheduled_at',
          'status',
          'message_id',
          'sent_at',
          'error_code',
          'error',
          'created_at',
          'updated_at',
        ],
        named: { chat: 'to' },
        withheld: { due_at: 'how it is handed over', attempts: 'how it is handed over' },
        key: [
          ['scheduled_at', 'timestamptz'],
          ['id', 'uuid'],
        ],
        perProfile: true,
        of: ofOrganization,
      },
    ],
  },
  hiding: [
    {
      place: 15,
      async hide(tx, organizationId, now) {
        await tx
          .updateTable('scheduled_messages')
          .set({ status: 'cancelled', due_at: null, updated_at: now })
          .where('organization_id', '=', organizationId)
          .where('due_at', 'is not', null)
          .execute();
      },
    },
  ],
  rows: [{ place: 22, table: 'scheduled_messages', of: ofOrganization }],
};
