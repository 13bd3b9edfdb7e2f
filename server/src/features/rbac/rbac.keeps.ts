import { sql } from 'kysely';
import { countOfUser } from '../../platform/keeps/count-of-user.sql.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofEverybody, ofOrganization, ofUser, type Section } from '../../platform/keeps/section.ts';

const ownGrants: Section = {
  name: 'roleGrants',
  place: 50,
  table: 'role_grants',
  columns: ['id', 'organization_id', 'user_id', 'role_id', 'workspace_id', 'profile_id', 'created_at'],
  derived: { roleName: sql`(select name from roles where roles.id = role_id)` },
  key: [['id', 'uuid']],
  of: ofUser,
};

export const rbacKeeps: Keeps = {
  sections: {
    person: [ownGrants],
    organization: [
      {
        name: 'roles',
        place: 150,
        table: 'roles',
        columns: [
          'id',
          'organization_id',
          'name',
          'description',
          'permissions',
          'system_key',
          'created_at',
          'updated_at',
        ],
        key: [['id', 'uuid']],
        of: ofOrganization,
      },
      ofEverybody(ownGrants, { name: 'allRoleGrants', place: 160 }),
    ],
  },
  ofPerson: [{ place: 50, counts: 'userRoles', erase: countOfUser('role_grants') }],
};
