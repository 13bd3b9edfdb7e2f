import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { RowsPiece } from '../../../platform/keeps/erasure.ts';
import type { AllKeeps } from '../../../platform/keeps/keeps.ts';

/** Deletes a batch of one kind of rows; answers how many. */
type Piece = (organizationId: string) => Promise<number>;

const batchUsual = 1_000;

/** Erases an organisation: hides it at once, then deletes it piece by piece, as the `Keeps` of the features declare. */
export function createOrganizationErasure(db: Db, keeps: () => AllKeeps) {
  function pieceOf(rows: RowsPiece): Piece {
    if ('erase' in rows) return (organizationId) => rows.erase(db, organizationId);
    const table = sql.table(rows.table);
    return async (organizationId) => {
      const { numAffectedRows = 0n } = await sql`delete from ${table} where ctid = any(array(
        select ctid from ${table} where ${rows.of({ organizationId })} limit ${rows.batch ?? batchUsual}))`.execute(
        db,
      );
      return Number(numAffectedRows);
    };
  }

  return {
    /** Hides the organisation from everybody and stops everything that still runs for it. */
    async hide(tx: Tx, organizationId: string, now: Date): Promise<void> {
      for (const piece of keeps().hiding) await piece.hide(tx, organizationId, now);
    },

    /** Things outside the database that must end before the rows go, such as linked devices: a function each that ends it. */
    async outside(organizationId: string): Promise<(() => void)[]> {
      return (await Promise.all(keeps().outside.map((look) => look(db, organizationId)))).flat();
    },

    /** Ids that payloads of jobs may contain. */
    async ids(organizationId: string): Promise<string[]> {
      const parts = keeps().inJobs.map(
        (table) => sql`select id from ${sql.table(table)} where organization_id = ${organizationId}`,
      );
      const { rows } = await sql<{ id: string }>`${sql.join(parts, sql` union all `)}`.execute(db);
      return rows.map((row) => row.id);
    },

    /** The pieces in the order of their references; the organisation itself comes last. */
    pieces: (): Piece[] => keeps().rows.map(pieceOf),
  };
}
export type OrganizationErasure = ReturnType<typeof createOrganizationErasure>;
