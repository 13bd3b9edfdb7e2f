import { countOfUser } from '../../platform/keeps/count-of-user.sql.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofEverybody, ofUser, type Section } from '../../platform/keeps/section.ts';

const own: Section = {
  name: 'apiKeys',
  place: 40,
  table: 'api_keys',
  columns: [
    'id',
    'organization_id',
    'user_id',
    'name',
    'prefix',
    'permissions',
    'profile_ids',
    'response_format',
    'expires_at',
    'last_used_at',
    'created_at',
  ],
  withheld: { key_hash: 'it stands for the key', hears_all: 'how rights are checked' },
  key: [['id', 'uuid']],
  of: ofUser,
};

export const apiKeyKeeps: Keeps = {
  sections: {
    person: [own],
    organization: [ofEverybody(own, { name: 'allApiKeys', place: 170 })],
  },
  ofPerson: [{ place: 40, counts: 'apiKeys', erase: countOfUser('api_keys') }],
};
