import { countOfUser } from '../../platform/keeps/count-of-user.sql.ts';
import { within } from '../../platform/keeps/erasure.ts';
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
          'email_due_at',
          'push_due_at',
          'pushed_at',
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
      {
        name: 'pushSubscriptions',
        place: 76,
        table: 'push_subscriptions',
        columns: [
          'id',
          'organization_id',
          'user_id',
          'endpoint',
          'user_agent',
          'last_success_at',
          'last_error',
          'created_at',
          'updated_at',
        ],
        withheld: { p256dh: 'a key', auth: 'a secret' },
        key: [
          ['created_at', 'timestamptz'],
          ['id', 'uuid'],
        ],
        newestFirst: true,
        of: ofUser,
      },
    ],
  },
  withheld: {
    push_deliveries: 'they repeat notifications',
    push_keys: 'a secret of the server',
  },
  ofPerson: [
    { place: 14, counts: 'pushSubscriptions', erase: countOfUser('push_subscriptions') },
    { place: 15, counts: 'notifications', erase: countOfUser('notifications') },
  ],
  rows: [
    { place: 7, table: 'push_deliveries', of: within('subscription_id', 'push_subscriptions') },
    { place: 8, table: 'notifications', of: ofOrganization },
  ],
};
