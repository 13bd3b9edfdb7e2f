import { within } from '../../platform/keeps/erasure.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

const ofProfile = within('profile_id', 'profiles');

export const sendingPolicyKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'sendingPolicies',
        place: 221,
        table: 'sending_policies',
        columns: ['profile_id', 'organization_id', 'rules', 'updated_at'],
        key: [['profile_id', 'uuid']],
        of: ofOrganization,
      },
    ],
  },
  withheld: {
    send_marks: 'counts of a week, which the messages show',
    send_texts: 'hashes of a month, which the messages show',
    cold_days: 'counts of a week, which the messages show',
    cold_marks: 'of two days, which the messages show',
  },
  rows: [
    { place: 86, table: 'send_marks', of: ofOrganization },
    { place: 87, table: 'send_texts', of: ofOrganization },
    { place: 88, table: 'cold_marks', of: ofProfile },
  ],
};
