import { type SqlBool, sql } from 'kysely';
import { lidChat, phoneChat } from '../../platform/chat-id.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { Identities } from './identity.ts';

interface Person {
  phone: string | null;
  lid: string | null;
}

/**
 * Tells of each of these people whether they are on the list, under whichever name: one statement for all of them, along
 * the key of the list.
 */
export function createWhoOptedOut({ namesOf }: Pick<Identities, 'namesOf'>) {
  return async (db: Db | Tx, organizationId: string, people: readonly Person[]): Promise<boolean[]> => {
    const names = people.map(({ phone, lid }) => [
      ...(phone ? namesOf(phoneChat(phone)) : []),
      ...(lid ? namesOf(lidChat(lid)) : []),
    ]);
    const all = names.flat();
    if (all.length === 0) return people.map(() => false);
    const rows = await db
      .selectFrom('opt_outs')
      .select('chat')
      .where('organization_id', '=', organizationId)
      .where(sql<SqlBool>`chat = any(${all}::text[])`)
      .where('revoked_at', 'is', null)
      .execute();
    const listed = new Set(rows.map(({ chat }) => chat));
    return names.map((some) => some.some((name) => listed.has(name)));
  };
}
