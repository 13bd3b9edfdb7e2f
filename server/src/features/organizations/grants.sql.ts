import { type RawBuilder, sql } from 'kysely';
import type { Given } from './rights.ts';

/** SQL for what a user was given beside `users.role`; `user` is the column with their id. */
export function grantsOf(user: string): RawBuilder<Given['grants']> {
  return sql`(select coalesce(jsonb_agg(jsonb_build_object('permissions', role.permissions,
      'system_key', role.system_key, 'workspace_id', given.workspace_id, 'profile_id', given.profile_id)),
      '[]'::jsonb)
    from role_grants as given join roles as role on role.id = given.role_id
    where given.user_id = ${sql.ref(user)})`;
}
