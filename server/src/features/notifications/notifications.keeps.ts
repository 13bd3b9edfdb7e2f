import { countOfUser } from '../../platform/keeps/count-of-user.sql.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization, ofUser } from '../../platform/keeps/section.ts';

export const notificationKeeps: Keeps = {
  sections: {
    person: [
      {
        name: 'notifications',
        place: 75,
        table: 'notifications',
        columns: [
          'id',
          'organization_id',
          'user_id',
          'profile_id',
          'event_id',
          'kind',
          'title',
          'body',
          'metadata',
          'count',
          'shown',
          'read_at',
          'created_at',
          'updated_at',
        ],
        named: { kind: 'type' },
        withheld: { position: 'a cursor of the event log', topic: 'how notifications are counted together' },
        key: [
          ['updated_at', 'timestamptz'],
          ['id', 'uuid'],
        ],
        newestFirst: true,
        of: ofUser,
      },
    ],
  },
  ofPerson: [{ place: 15, counts: 'notifications', erase: countOfUser('notifications') }],
  rows: [{ place: 8, table: 'notifications', of: ofOrganization }],
};
