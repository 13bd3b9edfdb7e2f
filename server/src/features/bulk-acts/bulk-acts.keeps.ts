import { within } from '../../platform/keeps/erasure.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const bulkActKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'bulkActs',
        place: 209,
        table: 'bulk_acts',
        columns: [
          ...['id', 'organization_id', 'profile_id', 'kind', 'act', 'about', 'status', 'total', 'done'],
          ...['changed', 'failed', 'asked_by', 'api_key_id', 'created_at', 'finished_at'],
        ],
        withheld: {
          cursor: 'where it stands; it names a row that is shown',
          tries: 'how often something went wrong on the way',
          reach: 'a copy of what its maker was permitted when it was asked for',
        },
        key: [
          ['created_at', 'timestamptz'],
          ['id', 'uuid'],
        ],
        of: ofOrganization,
      },
    ],
  },
  withheld: { bulk_act_items: 'which things an act was about; it names rows that are shown' },
  rows: [
    { place: 66, table: 'bulk_act_items', of: within('bulk_id', 'bulk_acts') },
    { place: 67, table: 'bulk_acts', of: ofOrganization },
  ],
  inJobs: ['bulk_acts'],
};
