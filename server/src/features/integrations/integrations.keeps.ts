import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const integrationKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'integrations',
        place: 256,
        table: 'integrations',
        columns: ['organization_id', 'kind', 'settings', 'enabled', 'created_at', 'updated_at'],
        withheld: { secrets: 'secrets' },
        key: [
          ['organization_id', 'uuid'],
          ['kind', 'text'],
        ],
        of: ofOrganization,
      },
    ],
  },
  withheld: {
    integration_states: 'whether calls to another program succeed',
    integration_tasks: 'they repeat messages for a moment',
    chatwoot_conversations: 'ids of another program',
    chatwoot_messages: 'ids of another program',
    typebot_sessions: 'ids of another program',
  },
  hiding: [
    {
      place: 36,
      async hide(tx, organizationId, now) {
        await tx
          .updateTable('integrations')
          .set({ enabled: false, updated_at: now })
          .where('organization_id', '=', organizationId)
          .execute();
        await tx.deleteFrom('integration_tasks').where('organization_id', '=', organizationId).execute();
      },
    },
  ],
  rows: [
    { place: 23, table: 'integration_tasks', of: ofOrganization },
    { place: 24, table: 'chatwoot_messages', of: ofOrganization },
  ],
};
