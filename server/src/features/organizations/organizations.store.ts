import type { Db } from '../../platform/db/transaction.ts';

export function createOrganizationStore(db: Db) {
  return {
    get(organizationId: string) {
      return db.selectFrom('organizations').selectAll().where('id', '=', organizationId).executeTakeFirst();
    },
  };
}
export type OrganizationStore = ReturnType<typeof createOrganizationStore>;
