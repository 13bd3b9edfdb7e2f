import type { Tx } from '../../../platform/db/transaction.ts';

/** What ends with a password besides sessions. */
export const passwordStore = {
  /** Answers which keys there were. */
  async removeApiKeys(tx: Tx, organizationId: string, userId: string): Promise<string[]> {
    const rows = await tx
      .deleteFrom('api_keys')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .returning('id')
      .execute();
    return rows.map(({ id }) => id).sort();
  },
};
