import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';
import { type GrantRow, grantsOf } from '../access/index.ts';

export interface MemberRow {
  id: string;
  organization_id: string;
  role: string;
  preferences: Record<string, unknown>;
  grants: GrantRow[];
  /** Whether a browser of theirs wants pushes. */
  has_push: boolean;
}
export interface ProfileRow {
  id: string;
  workspace_id: string;
  display_name: string | null;
}

/** Of each organisation at most so many members are notified: those who came first. */
const membersMax = 500;

/** The active members of organisations, and profiles by their ids. */
export async function membersAndProfiles(
  db: Db,
  organizationIds: readonly string[],
  profileIds: readonly string[],
): Promise<{ members: MemberRow[]; profiles: ProfileRow[] }> {
  const { rows } = await sql<{ members: MemberRow[] | null; profiles: ProfileRow[] | null }>`
    select
      (select jsonb_agg(jsonb_build_object('id', u.id, 'organization_id', u.organization_id, 'role', u.role,
          'preferences', u.preferences, 'grants', ${grantsOf('u.id')},
          'has_push', exists (select from push_subscriptions s where s.user_id = u.id)))
        from unnest(${organizationIds}::uuid[]) as o (id) cross join lateral (
          select * from users where organization_id = o.id and is_active order by created_at, id limit ${membersMax}
        ) u) as members,
      (select jsonb_agg(jsonb_build_object('id', p.id, 'workspace_id', p.workspace_id, 'display_name', p.display_name))
        from profiles p where p.id = any(${profileIds}::uuid[])) as profiles`.execute(db);
  return { members: rows[0]?.members ?? [], profiles: rows[0]?.profiles ?? [] };
}
