import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { RowsPiece } from '../../../platform/keeps/erasure.ts';
import type { AllKeeps } from '../../../platform/keeps/keeps.ts';

/** One kind of rows, deleted a batch at a time: answers how many went. */
type Piece = (organizationId: string) => Promise<number>;

const batchUsual = 1_000;

/** Removing an organisation: at once from sight, then piece by piece, as each feature says of what it keeps. */
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
    /** From here on nobody sees anything of it, and what it still does comes to an end. */
    async hide(tx: Tx, organizationId: string, now: Date): Promise<void> {
      for (const piece of keeps().hiding) await piece.hide(tx, organizationId, now);
    },

    /** What must end elsewhere before the rows go: for each a function that asks for its end. */
    async outside(organizationId: string): Promise<(() => void)[]> {
      return (await Promise.all(keeps().outside.map((look) => look(db, organizationId)))).flat();
    },

    /** Ids that jobs may carry. */
    async ids(organizationId: string): Promise<string[]> {
      const parts = keeps().inJobs.map(
        (table) => sql`select id from ${sql.table(table)} where organization_id = ${organizationId}`,
      );
      const { rows } = await sql<{ id: string }>`${sql.join(parts, sql` union all `)}`.execute(db);
      return rows.map((row) => row.id);
    },

    /** What is deleted, in the order in which one hangs on the other; the organisation itself comes last. */
    pieces: (): Piece[] => keeps().rows.map(pieceOf),
  };
}
export type OrganizationErasure = ReturnType<typeof createOrganizationErasure>;
