import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

const counts = 'numbers of what else is shown, without a word about anybody';

export const statisticsKeeps: Keeps = {
  withheld: {
    message_days: counts,
    message_totals: counts,
    response_days: counts,
    response_times: counts,
    organization_days: counts,
    organization_response_days: counts,
    organization_response_times: counts,
    contact_days: counts,
    contact_totals: counts,
    contact_tags: counts,
    contact_changes: counts,
    awaiting: 'which conversations wait for an answer; shown as their messages',
    statistics_backlog: 'how far older messages are counted',
    statistics_zones: 'when its time zone was changed; the audit log shows that',
    statistics_changes: 'which older messages changed before they were counted',
  },
  rows: [
    { place: 42, table: 'message_days', of: ofOrganization },
    { place: 43, table: 'message_totals', of: ofOrganization },
    { place: 44, table: 'response_times', of: ofOrganization },
    { place: 45, table: 'response_days', of: ofOrganization },
    // Behind those that they are the sums of.
    { place: 78, table: 'organization_days', of: ofOrganization },
    { place: 79, table: 'organization_response_times', of: ofOrganization },
    { place: 89, table: 'organization_response_days', of: ofOrganization },
    { place: 51, table: 'awaiting', of: ofOrganization },
    { place: 74, table: 'contact_changes', of: ofOrganization },
    { place: 75, table: 'contact_tags', of: ofOrganization },
    { place: 76, table: 'contact_days', of: ofOrganization },
    { place: 77, table: 'contact_totals', of: ofOrganization },
  ],
};
