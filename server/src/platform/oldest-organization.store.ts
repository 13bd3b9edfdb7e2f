import type { Db } from './db/transaction.ts';

/** The id of the organisation that was made first: what the server's own settings name is its own. Undefined before there is one. */
export async function oldestOrganization(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom('organizations')
    .select('id')
    .where('erasing_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}
