import { type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import type { ApiKeysTable } from './api-keys.tables.ts';

export type ApiKeyRow = Selectable<ApiKeysTable>;

/** The profiles a key is bound to that still exist; one whose profiles are all gone stays bound, to none. */
const profileIdsLeft = sql<string[] | null>`case when api_keys.profile_ids is not null then
  array(select profiles.id from profiles where profiles.id = any(api_keys.profile_ids) order by profiles.id) end`;

export function createApiKeyStore(db: Db) {
  return {
    list(organizationId: string, userId: string, page: Slice): Promise<ApiKeyRow[]> {
      return db
        .selectFrom('api_keys')
        .selectAll()
        .select(profileIdsLeft.as('profile_ids'))
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', userId)
        .where(behind(page, { at: 'api_keys.created_at', id: 'api_keys.id' }, 'down'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },
    async insert(tx: Tx, row: Insertable<ApiKeysTable>): Promise<void> {
      await tx.insertInto('api_keys').values(row).execute();
    },
    /** The key that makes another one; it stays until the transaction ends. */
    maker(tx: Tx, organizationId: string, id: string) {
      return tx
        .selectFrom('api_keys')
        .select(['expires_at', 'permissions'])
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .forShare()
        .executeTakeFirst();
    },
    /** Keys bound to a profile that is being deleted stay bound, to what is left. */
    async forgetProfile(tx: Tx, profile: { organizationId: string; id: string }): Promise<void> {
      await tx
        .updateTable('api_keys')
        .set({ profile_ids: sql`array_remove(profile_ids, ${profile.id}::uuid)` })
        .where('organization_id', '=', profile.organizationId)
        .where(sql<boolean>`${profile.id}::uuid = any(profile_ids)`)
        .execute();
    },
    async hasUser(organizationId: string, userId: string): Promise<boolean> {
      const row = await db
        .selectFrom('users')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('id', '=', userId)
        .executeTakeFirst();
      return row !== undefined;
    },
    /** Removes a key of this person, or of anybody where `userId` is absent; answers whose it was. */
    remove(
      tx: Tx,
      organizationId: string,
      id: string,
      userId: string | undefined,
    ): Promise<{ user_id: string } | undefined> {
      let query = tx
        .deleteFrom('api_keys')
        .where('organization_id', '=', organizationId)
        .where('id', '=', id);
      if (userId !== undefined) query = query.where('user_id', '=', userId);
      return query.returning('user_id').executeTakeFirst();
    },
  };
}
export type ApiKeyStore = ReturnType<typeof createApiKeyStore>;

/** Removes every key of a person; answers which there were. */
export async function removeKeysOf(tx: Tx, organizationId: string, userId: string): Promise<string[]> {
  const rows = await tx
    .deleteFrom('api_keys')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id).sort();
}

/** Notes when a key was last used, unless what is noted is younger than `notSince`. */
export async function touchKey(db: Db, id: string, now: Date, notSince: Date): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', notSince)]))
    .execute();
}
