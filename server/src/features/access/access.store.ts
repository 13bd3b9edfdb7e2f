import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';

/** A role somebody holds, and where: in the whole organisation when neither place is named. */
export interface GrantRow {
  permissions: string[];
  system_key: string | null;
  workspace_id: string | null;
  profile_id: string | null;
}

/** SQL for what a user was given beside `users.role`, by an index and mostly nothing; `user` is the column with their id. */
export function grantsOf(user: string): RawBuilder<GrantRow[]> {
  return sql`(select coalesce(jsonb_agg(jsonb_build_object('permissions', role.permissions,
    'system_key', role.system_key, 'workspace_id', given.workspace_id, 'profile_id', given.profile_id)), '[]'::jsonb)
    from role_grants as given join roles as role on role.id = given.role_id
    where given.user_id = ${sql.ref(user)})`;
}

/** The only SQL of authentication: each way in is one joined query by primary or unique key. */
export function createAccessStore(db: Db) {
  return {
    /** The live session with its user; undefined once either is gone. */
    session(sessionId: string, userId: string, now: Date) {
      return db
        .selectFrom('auth_sessions as session')
        .innerJoin('users as user', 'user.id', 'session.user_id')
        .innerJoin('organizations as organization', 'organization.id', 'user.organization_id')
        .select(['user.organization_id', 'user.role', 'user.is_active', 'session.last_active_at'])
        .select(grantsOf('user.id').as('grants'))
        .where('organization.erasing_at', 'is', null)
        .where('session.id', '=', sessionId)
        .where('session.user_id', '=', userId)
        .where('session.expires_at', '>', now)
        .executeTakeFirst();
    },
    apiKey(keyHash: Buffer) {
      return db
        .selectFrom('api_keys as key')
        .innerJoin('users as user', 'user.id', 'key.user_id')
        .innerJoin('organizations as organization', 'organization.id', 'user.organization_id')
        .select([
          'key.id',
          'key.user_id',
          'key.permissions',
          'key.response_format',
          'key.expires_at',
          'key.last_used_at',
          'user.organization_id',
          'user.role',
          'user.is_active',
          'key.profile_ids',
          'key.hears_all',
        ])
        .select(grantsOf('user.id').as('grants'))
        .where('organization.erasing_at', 'is', null)
        .where('key.key_hash', '=', keyHash)
        .executeTakeFirst();
    },
  };
}

export type AccessStore = ReturnType<typeof createAccessStore>;
