import { within } from '../../platform/keeps/erasure.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

const howItIsFed = 'how it is fed';

export const broadcastKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'broadcasts',
        place: 233,
        table: 'broadcasts',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'kind',
          'batch_id',
          'name',
          'message',
          'template_id',
          'audience',
          'settings',
          'status',
          'status_reason',
          'pause_code',
          'resumes_at',
          'scheduled_at',
          'started_at',
          'completed_at',
          'cancelled_at',
          'weight',
          'created_kind',
          'created_by',
          'created_at',
          'updated_at',
          'folded_at',
        ],
        named: { audience: 'recipients' },
        withheld: {
          ...{ type: 'as the message', content: 'as the message' },
          variants: 'as the messages that were made of them',
          removed_at: 'its rows are being deleted',
          ...{ preparing: howItIsFed, prepared_until: howItIsFed, prepared_at: howItIsFed },
          ...{ next_due_at: howItIsFed, cursor: howItIsFed, fed: howItIsFed, virtual_time: howItIsFed },
          ...{ pauses_after: howItIsFed },
        },
        key: [
          ['created_at', 'timestamptz'],
          ['id', 'uuid'],
        ],
        newestFirst: true,
        of: ofOrganization,
      },
      {
        name: 'broadcastRecipients',
        place: 234,
        table: 'broadcast_recipients',
        columns: [
          'broadcast_id',
          'ord',
          'chat',
          'contact_id',
          'variant',
          'vars',
          'status',
          'message_id',
          'code',
          'reason',
          'sent_at',
          'replied_at',
          'opted_out',
          'updated_at',
        ],
        withheld: {
          ...{ retries: howItIsFed, not_before: howItIsFed },
          content: 'as the message that was made of it',
        },
        key: [
          ['broadcast_id', 'uuid'],
          ['ord', 'integer'],
        ],
        of: within('broadcast_id', 'broadcasts'),
      },
    ],
  },
  withheld: {
    broadcast_counters: 'counted from the recipients',
    broadcast_skips: 'counted from the recipients',
  },
  hiding: [
    {
      place: 14,
      async hide(tx, organizationId, now) {
        await tx
          .updateTable('broadcasts')
          .set({ status: 'failed', status_reason: 'cancelled', cancelled_at: now, updated_at: now })
          .where('organization_id', '=', organizationId)
          .where('status', 'in', ['scheduled', 'running', 'paused'])
          .execute();
      },
    },
  ],
  rows: [
    { place: 16, table: 'broadcast_recipients', of: within('broadcast_id', 'broadcasts') },
    { place: 17, table: 'broadcasts', of: ofOrganization },
  ],
  inJobs: ['broadcasts'],
};
