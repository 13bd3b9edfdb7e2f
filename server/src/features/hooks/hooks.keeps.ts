import { within } from '../../platform/keeps/erasure.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const hookKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'hooks',
        place: 252,
        table: 'hooks',
        columns: [
          'id',
          'organization_id',
          'profile_id',
          'name',
          'target',
          'automation_id',
          'mapping',
          'signature',
          'enabled',
          'created_at',
          'updated_at',
        ],
        withheld: { secret: 'a secret', token_hash: 'about a secret' },
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
    ],
  },
  withheld: { hook_receipts: 'they repeat the messages that were made of them' },
  hiding: [
    {
      place: 32,
      async hide(tx, organizationId, now) {
        await tx
          .updateTable('hooks')
          .set({ enabled: false, updated_at: now })
          .where('organization_id', '=', organizationId)
          .execute();
      },
    },
  ],
  rows: [{ place: 21, table: 'hook_receipts', of: within('hook_id', 'hooks') }],
};
