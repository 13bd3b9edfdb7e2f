import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../../platform/db/tables.ts';
import type { Tx } from '../../../platform/db/transaction.ts';

export type Person = Pick<Selectable<Tables['users']>, 'id' | 'organization_id' | 'email' | 'role'>;

/** What went with a person. */
interface Removed {
  sessions: number;
  apiKeys: number;
  userRoles: number;
}

/** Lets this transaction, and no other, change and delete what the audit log keeps. */
export async function allowErasing(tx: Tx): Promise<void> {
  await sql`select set_config('multiwa.erasing', 'on', true)`.execute(tx);
}

/** Removing one person. */
export const personStore = {
  /** The person as they stay until the transaction ends. */
  lock(tx: Tx, given: { userId: string; organizationId: string }): Promise<Person | undefined> {
    return tx
      .selectFrom('users')
      .select(['id', 'organization_id', 'email', 'role'])
      .where('id', '=', given.userId)
      .where('organization_id', '=', given.organizationId)
      .forUpdate()
      .executeTakeFirst();
  },

  /** Nobody joins the organisation until the transaction ends. */
  async hasOthers(tx: Tx, person: Person): Promise<boolean> {
    await tx
      .selectFrom('organizations')
      .select('id')
      .where('id', '=', person.organization_id)
      .forUpdate()
      .execute();
    const other = await tx
      .selectFrom('users')
      .select('id')
      .where('organization_id', '=', person.organization_id)
      .where('id', '!=', person.id)
      .limit(1)
      .executeTakeFirst();
    return other !== undefined;
  },

  /** Their audit rows keep the id, which names nobody any more, and forget where they were. */
  async pseudonymise(tx: Tx, { id, organization_id }: Person): Promise<number> {
    await allowErasing(tx);
    const { numAffectedRows = 0n } = await sql`
      update audit_logs set ip_address = null, user_agent = null
      where (organization_id = ${organization_id} or organization_id is null)
        and (user_id = ${id} or (user_id is null and resource_id = ${id}::text))`.execute(tx);
    return Number(numAffectedRows);
  },

  /** Deletes the person; sessions, keys, second factors, letters, grants and exports go with them. */
  async remove(tx: Tx, person: Person): Promise<Removed> {
    const { id, organization_id: organizationId, email } = person;
    const count = async (table: 'auth_sessions' | 'api_keys' | 'role_grants') => {
      const { n } = await tx
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('user_id', '=', id)
        .executeTakeFirstOrThrow();
      return Number(n);
    };
    const removed = {
      sessions: await count('auth_sessions'),
      apiKeys: await count('api_keys'),
      userRoles: await count('role_grants'),
    };
    await tx
      .deleteFrom('invitations')
      .where('organization_id', '=', organizationId)
      .where('email', '=', email)
      .execute();
    // What was answered to repeated requests may tell of the person.
    await sql`delete from idempotency_keys where organization_id = ${organizationId}
      and (caller = ${`user ${id}`} or strpos(concat(key, body::text), ${id}) > 0
        or strpos(concat(key, body::text), trim(both '"' from to_jsonb(${email}::text)::text)) > 0)`.execute(
      tx,
    );
    // Counters are named by what is limited and then by whom: an id or an address, and maybe from where.
    await sql`with named as (select key, substring(key from position(':' in key) + 1) as subject from attempt_counters)
      delete from attempt_counters using named where attempt_counters.key = named.key
        and (starts_with(subject || ' ', ${`${id} `}) or starts_with(subject || ' ', ${`${email} `}))`.execute(
      tx,
    );
    await tx.deleteFrom('users').where('id', '=', id).execute();
    return removed;
  },

  /** Ids of the exports a person has, for the jobs that make them. */
  async exportIds(tx: Tx, { id }: Person): Promise<string[]> {
    const rows = await tx.selectFrom('data_exports').select('id').where('user_id', '=', id).execute();
    return rows.map((row) => row.id);
  },
};
