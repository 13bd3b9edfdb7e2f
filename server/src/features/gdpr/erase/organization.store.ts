import { type RawBuilder, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { allowErasing } from './person.store.ts';

/** One kind of rows, deleted a batch at a time: answers how many went. */
type Piece = (organizationId: string) => Promise<number>;

const batch = 1_000;
/** Rows of a quarter of a megabyte each. */
const chunkBatch = 40;

/** Removing an organisation: at once from sight, then piece by piece. */
export function createOrganizationErasure(db: Db) {
  const deleted = async (tx: Db | Tx, table: string, where: RawBuilder<unknown>, limit: number) => {
    const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)} where ${where} limit ${limit}))`.execute(tx);
    return Number(numAffectedRows);
  };
  const piece =
    (table: string, where: (id: string) => RawBuilder<unknown>, limit = batch): Piece =>
    (id) =>
      deleted(db, table, where(id), limit);
  const byOrganization = (id: string) => sql`organization_id = ${id}`;
  const within = (column: string, table: string) => (id: string) =>
    sql`${sql.ref(column)} in (select id from ${sql.table(table)} where organization_id = ${id})`;

  return {
    /** From here on nobody sees anything of it; answers its profiles, whose connections must end. */
    async hide(tx: Tx, organizationId: string, now: Date): Promise<string[]> {
      await tx
        .updateTable('organizations')
        .set({ erasing_at: now, updated_at: now })
        .where('id', '=', organizationId)
        .execute();
      await sql`update messages set status = 'cancelled', updated_at = ${now}
        where status in ('queued', 'sending') and organization_id = ${organizationId}
          and profile_id = any(array(select id from profiles where organization_id = ${organizationId}))`.execute(
        tx,
      );
      await tx
        .updateTable('webhooks')
        .set({ enabled: false, updated_at: now })
        .where('organization_id', '=', organizationId)
        .execute();
      await tx.deleteFrom('invitations').where('organization_id', '=', organizationId).execute();
      const { rows } = await sql<{ id: string }>`update profiles set
          logout_asked = logout_asked or wanted
            or exists (select from engine_credentials where engine_credentials.profile_id = profiles.id),
          wanted = false, status = 'disconnected', status_reason = null, retry_at = null, pairing = null,
          pairing_phone = null, pairing_expires_at = null, updated_at = ${now}
        where organization_id = ${organizationId} returning id`.execute(tx);
      return rows.map((row) => row.id);
    },

    /** Since when it is being erased: null when it is not, undefined when it is gone. */
    async erasingSince(organizationId: string): Promise<Date | null | undefined> {
      const row = await db
        .selectFrom('organizations')
        .select('erasing_at')
        .where('id', '=', organizationId)
        .executeTakeFirst();
      return row?.erasing_at;
    },

    async beingErased(): Promise<string[]> {
      const rows = await db
        .selectFrom('organizations')
        .select('id')
        .where('erasing_at', 'is not', null)
        .execute();
      return rows.map((row) => row.id);
    },

    /** Profiles whose devices are still to be unlinked. */
    async linked(organizationId: string): Promise<string[]> {
      const rows = await db
        .selectFrom('profiles')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('logout_asked', '=', true)
        .execute();
      return rows.map((row) => row.id);
    },

    /** Ids that jobs may carry. */
    async ids(organizationId: string): Promise<string[]> {
      const of = (table: string) =>
        sql`select id from ${sql.table(table)} where organization_id = ${organizationId}`;
      const { rows } = await sql<{ id: string }>`${of('profiles')} union all ${of('workspaces')}
        union all ${of('accounts')} union all ${of('users')} union all ${of('webhooks')}
        union all ${of('data_exports')}`.execute(db);
      return rows.map((row) => row.id);
    },

    /** What may be long, in the order in which one hangs on the other. */
    pieces: [
      piece('webhook_attempts', within('webhook_id', 'webhooks')),
      piece('webhook_deliveries', within('webhook_id', 'webhooks')),
      piece('message_changes', byOrganization),
      piece('messages', byOrganization),
      piece('statuses', byOrganization),
      piece('conversations', byOrganization),
      piece('contacts', byOrganization),
      piece('dialled_numbers', byOrganization),
      piece('engine_journal', within('profile_id', 'profiles')),
      piece('engine_keys', within('profile_id', 'profiles')),
      piece('engine_credentials', within('profile_id', 'profiles')),
      piece('data_export_chunks', within('export_id', 'data_exports'), chunkBatch),
      piece('idempotency_keys', byOrganization),
      piece('events', byOrganization),
      (id: string) =>
        inTransaction(db, async (tx) => {
          await allowErasing(tx);
          return deleted(tx, 'audit_logs', byOrganization(id), batch);
        }),
    ] satisfies Piece[],

    /** Answers which profiles went; whoever still holds a connection of one must let go of it. */
    async removeProfiles(organizationId: string): Promise<string[]> {
      const rows = await db
        .deleteFrom('profiles')
        .where('organization_id', '=', organizationId)
        .returning('id')
        .execute();
      return rows.map((row) => row.id);
    },

    /** The organisation itself, with the few rows that are left. */
    async remove(organizationId: string): Promise<void> {
      await inTransaction(db, async (tx) => {
        await allowErasing(tx);
        await sql`delete from attempt_counters where strpos(key, ${organizationId}) > 0`.execute(tx);
        await tx
          .deleteFrom('organizations')
          .where('id', '=', organizationId)
          .where('erasing_at', 'is not', null)
          .execute();
      });
    },
  };
}
export type OrganizationErasure = ReturnType<typeof createOrganizationErasure>;
