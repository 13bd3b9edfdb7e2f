import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const consentKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'optOuts',
        place: 217,
        table: 'opt_outs',
        columns: [
          ...['id', 'organization_id', 'profile_id', 'chat', 'scope', 'source', 'message_id', 'at'],
          ...['revoked_at', 'confirmed_at'],
        ],
        key: [
          ['at', 'timestamptz'],
          ['id', 'uuid'],
        ],
        of: ofOrganization,
      },
      {
        name: 'consents',
        place: 218,
        table: 'consents',
        columns: ['id', 'organization_id', 'profile_id', 'chat', 'kind', 'source', 'evidence', 'at'],
        key: [
          ['at', 'timestamptz'],
          ['id', 'uuid'],
        ],
        of: ofOrganization,
      },
      {
        name: 'optOutWords',
        place: 219,
        table: 'opt_out_words',
        columns: [
          ...['profile_id', 'organization_id', 'stop', 'start', 'confirms', 'confirmation', 'updated_at'],
        ],
        key: [['profile_id', 'uuid']],
        of: ofOrganization,
      },
    ],
  },
  rows: [
    { place: 84, table: 'opt_outs', of: ofOrganization },
    { place: 85, table: 'consents', of: ofOrganization },
  ],
};
