import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization } from '../../platform/keeps/section.ts';

export const groupKeeps: Keeps = {
  sections: {
    organization: [
      {
        name: 'groups',
        place: 242,
        table: 'groups',
        columns: [
          'id',
          'profile_id',
          'organization_id',
          'chat',
          'kind',
          'parent',
          'subject',
          'description',
          'owner_phone',
          'owner_lid',
          'founded_at',
          'only_admins_write',
          'only_admins_edit',
          'everybody_adds',
          'admins_approve',
          'expiration',
          'member_count',
          'own_role',
          'picture_media_id',
          'left_at',
          'fetched_at',
          'created_at',
          'updated_at',
        ],
        named: { chat: 'groupId', subject: 'name' },
        withheld: {
          invite_code: 'lets anybody in who has it',
          members_hash: 'made of the members, who are shown',
          picture_version: 'WhatsApp’s name of the picture, which is shown',
          picture_known: 'whether the picture is to be asked for again',
          listed_at: 'the order of lists',
        },
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
      {
        name: 'groupMembers',
        place: 244,
        table: 'group_members',
        columns: ['group_id', 'organization_id', 'phone', 'lid', 'role'],
        withheld: { address: 'one of the two addresses, which are shown' },
        key: [
          ['group_id', 'uuid'],
          ['address', 'text'],
        ],
        of: ofOrganization,
      },
    ],
  },
  withheld: { group_syncs: 'when groups were last asked for, which each of them shows' },
  rows: [
    { place: 71, table: 'group_members', of: ofOrganization },
    { place: 72, table: 'groups', of: ofOrganization },
    { place: 73, table: 'group_syncs', of: ofOrganization },
  ],
};
