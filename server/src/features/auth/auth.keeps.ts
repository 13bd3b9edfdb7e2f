import { sql } from 'kysely';
import { countOfUser } from '../../platform/keeps/count-of-user.sql.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofOrganization, type Section } from '../../platform/keeps/section.ts';
import { removeUser } from './user-changes.store.ts';

const secrets = {
  password_hash: 'it could be guessed from',
  two_factor_secret: 'it opens the account',
  two_factor_last_step: 'a counter beside the secret',
};

const user: Section = {
  name: 'user',
  place: 10,
  table: 'users',
  columns: [
    'id',
    'email',
    'name',
    'role',
    'is_active',
    'preferences',
    'two_factor_enabled',
    'organization_id',
    'last_login_at',
    'email_verified_at',
    'created_at',
    'updated_at',
  ],
  withheld: secrets,
  key: [['id', 'uuid']],
  isSingle: true,
  of: ({ userId, organizationId }) => sql`id = ${userId} and organization_id = ${organizationId}`,
};

const members: Section = {
  name: 'members',
  place: 140,
  table: 'users',
  columns: [
    'id',
    'organization_id',
    'email',
    'name',
    'role',
    'is_active',
    'last_login_at',
    'email_verified_at',
    'two_factor_enabled',
    'created_at',
    'updated_at',
  ],
  withheld: { ...secrets, preferences: 'a matter of each member' },
  key: [['id', 'uuid']],
  of: ofOrganization,
};

export const authKeeps: Keeps = {
  sections: {
    person: [
      user,
      {
        name: 'sessions',
        place: 20,
        table: 'auth_sessions',
        columns: ['id', 'user_id', 'ip_address', 'user_agent', 'last_active_at', 'expires_at', 'created_at'],
        key: [['id', 'uuid']],
        of: ({ userId }) => sql`user_id = ${userId}`,
      },
      {
        name: 'signInPlaces',
        place: 30,
        table: 'sign_in_places',
        columns: ['user_id', 'network', 'last_at'],
        key: [['network', 'text']],
        of: ({ userId }) => sql`user_id = ${userId}`,
      },
    ],
    organization: [members],
  },
  withheld: {
    refresh_tokens: 'secrets; their sessions are shown',
    two_factor_backup_codes: 'secrets',
    login_challenges: 'secrets that live for minutes',
    letter_tokens: 'secrets that live for hours',
    attempt_counters: 'counters that live for minutes, and would tell a guesser how far they may go',
  },
  ofPerson: [
    { place: 30, counts: 'sessions', erase: countOfUser('auth_sessions') },
    {
      place: 80,
      // The key of a counter is the limit, a colon and the subject: an id or an address, perhaps followed by a network.
      async erase(tx, { id, email }) {
        const { numAffectedRows = 0n } = await sql`
          with named as (
            select key, substring(key from position(':' in key) + 1) as subject from attempt_counters
          )
          delete from attempt_counters using named where attempt_counters.key = named.key
            and (starts_with(subject || ' ', ${`${id} `}) or starts_with(subject || ' ', ${`${email} `}))`.execute(
          tx,
        );
        return Number(numAffectedRows);
      },
    },
    {
      place: 90,
      counts: 'user',
      // Sessions, keys, second factors, letters, grants and exports go with them.
      async erase(tx, { id, organizationId }) {
        await removeUser(tx, organizationId, id);
        return 1;
      },
    },
  ],
  rows: [
    {
      place: 170,
      table: 'attempt_counters',
      async erase(db, organizationId) {
        const { numAffectedRows = 0n } = await sql`
          delete from attempt_counters where strpos(key, ${organizationId}) > 0`.execute(db);
        return Number(numAffectedRows);
      },
    },
  ],
  inJobs: ['users'],
};
