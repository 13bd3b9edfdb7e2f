import { sql } from 'kysely';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const eventKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'events',
        place: 260,
        table: 'events',
        columns: ['id', 'position', 'name', 'organization_id', 'profile_id', 'body', 'occurred_at'],
        named: { position: 'sequence' },
        withheld: { seq: 'the order of recording; the sequence is what counts' },
        key: [['position', 'bigint']],
        of: ({ organizationId }) => sql`organization_id = ${organizationId} and position is not null`,
      },
    ],
  },
  withheld: { event_log: 'about the server', event_cursors: 'about the server' },
  rows: [{ place: 140, table: 'events', of: ofOrganization }],
};
