import type { Insertable } from 'kysely';
import type { ApiKeysTable } from '../../platform/db/tables.ts';
import type { Db } from '../../platform/db/transaction.ts';

export function createApiKeyStore(db: Db) {
  return {
    list(organizationId: string, userId: string) {
      return db
        .selectFrom('api_keys')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', userId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
    },
    async insert(row: Insertable<ApiKeysTable>): Promise<void> {
      await db.insertInto('api_keys').values(row).execute();
    },
    async expiresAt(organizationId: string, id: string): Promise<Date | null> {
      const row = await db
        .selectFrom('api_keys')
        .select('expires_at')
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row?.expires_at ?? null;
    },
    async remove(organizationId: string, userId: string, id: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('api_keys')
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', userId)
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}
export type ApiKeyStore = ReturnType<typeof createApiKeyStore>;
