import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const autoreplyKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'quickReplies',
        place: 266,
        table: 'quick_replies',
        columns: [
          ...[
            'id',
            'organization_id',
            'profile_id',
            'shortcut',
            'title',
            'message',
            'attachment',
            'created_at',
            'updated_at',
          ],
        ],
        withheld: { shortcut_key: 'made of the shortcut' },
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'replyHooks',
        place: 267,
        table: 'reply_hooks',
        columns: [
          ...[
            'profile_id',
            'kind',
            'organization_id',
            'url',
            'provider',
            'enabled',
            'created_at',
            'updated_at',
          ],
        ],
        withheld: { config: 'it has secrets', secret: 'a secret' },
        key: [
          ['profile_id', 'uuid'],
          ['kind', 'text'],
        ],
        of: ofOrganization,
      },
    ],
  },
  hiding: [
    {
      place: 34,
      async hide(tx, organizationId, now) {
        await tx
          .updateTable('reply_hooks')
          .set({ enabled: false, updated_at: now })
          .where('organization_id', '=', organizationId)
          .execute();
      },
    },
  ],
};
