import { sql } from 'kysely';
import { within } from '../../platform/keeps/erasure.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization, type Section } from '../../platform/keeps/section.ts';

const webhooks: Section = {
  name: 'webhooks',
  place: 250,
  table: 'webhooks',
  columns: [
    'id',
    'organization_id',
    'profile_id',
    'url',
    'events',
    'filters',
    'batch_max',
    'ordered',
    'enabled',
    'disabled_reason',
    'failing_since',
    'created_at',
    'updated_at',
  ],
  withheld: {
    headers: 'they may hold credentials',
    secret: 'a secret',
    previous_secret: 'a secret',
    previous_secret_until: 'about the secret',
    not_hearing: 'how rights are checked',
  },
  derived: { headerNames: sql`array(select jsonb_object_keys(headers) order by 1)` },
  key: [['id', 'uuid']],
  of: ofOrganization,
};

export const webhookKeeps: Keeps = {
  sections: { organization: [webhooks] },
  withheld: {
    webhook_deliveries: 'they repeat the events',
    webhook_attempts: 'answers of other programs to deliveries',
    webhook_replays: 'they repeat the events',
  },
  hiding: [
    {
      place: 30,
      async hide(tx, organizationId, now) {
        await tx
          .updateTable('webhooks')
          .set({ enabled: false, updated_at: now })
          .where('organization_id', '=', organizationId)
          .execute();
      },
    },
  ],
  rows: [
    { place: 10, table: 'webhook_attempts', of: within('webhook_id', 'webhooks') },
    { place: 20, table: 'webhook_deliveries', of: within('webhook_id', 'webhooks') },
    { place: 15, table: 'webhook_replays', of: ofOrganization },
  ],
  inJobs: ['webhooks', 'webhook_replays'],
};
