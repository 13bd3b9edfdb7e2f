import { sql } from 'kysely';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const aiKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'aiProvider',
        place: 290,
        table: 'ai_providers',
        columns: ['organization_id', 'settings', 'updated_at'],
        withheld: { secrets: 'secrets' },
        key: [['organization_id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'aiCalls',
        place: 291,
        table: 'ai_calls',
        columns: [
          ...[
            'id',
            'organization_id',
            'profile_id',
            'conversation_id',
            'purpose',
            'model',
            'tokens_in',
            'tokens_out',
          ],
          ...['estimated', 'ms', 'outcome', 'at'],
        ],
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'aiProfiles',
        place: 292,
        table: 'ai_profiles',
        columns: ['profile_id', 'organization_id', 'settings', 'updated_at'],
        key: [['profile_id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'aiSuggestions',
        place: 293,
        table: 'ai_suggestions',
        columns: [
          ...[
            'id',
            'organization_id',
            'profile_id',
            'conversation_id',
            'message_id',
            'action',
            'content',
            'citations',
          ],
          ...['warnings', 'support', 'sent', 'created_at'],
        ],
        withheld: { key: 'our own counting' },
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
    ],
  },
  withheld: {
    ai_budgets: 'sums of the calls',
    ai_reservations: 'calls under way',
    ai_turns: 'our own counting of answers in a day',
    ai_usage: 'sums of the calls',
  },
  hiding: [
    {
      place: 89,
      async hide(tx, organizationId, now) {
        await tx
          .updateTable('ai_profiles')
          .set({ settings: sql`settings || '{"mode":"off"}'::jsonb`, updated_at: now })
          .where('organization_id', '=', organizationId)
          .execute();
      },
    },
  ],
  rows: [
    { place: 11, table: 'ai_calls', of: ofOrganization },
    { place: 9, table: 'ai_suggestions', of: ofOrganization },
    { place: 12, table: 'ai_usage', of: ofOrganization },
  ],
};
