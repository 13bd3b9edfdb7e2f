import type { Tx } from '../../../platform/db/transaction.ts';

/** What ends with a password besides sessions. */
export const passwordStore = {
  async removeApiKeys(tx: Tx, organizationId: string, userId: string): Promise<number> {
    const { numDeletedRows } = await tx
      .deleteFrom('api_keys')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return Number(numDeletedRows);
  },
};
