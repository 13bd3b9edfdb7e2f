import { sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { mapHeaders, mapHeadersOfProgram } from './program/headers-in.ts';
import type { StepHeaders } from './step-headers.ts';

const plain = `$.**.headers ? ((@.type() != "object" && @.type() != "null") || exists(@.* ? (@.type() != "object")))`;

/** Whether headers of any step stand in clear in it, or are none. */
const hasPlain = (column: string) => sql`jsonb_path_exists(${sql.raw(column)}, ${plain}::jsonpath)`;

/**
 * Encrypts headers of `webhook` steps from an older version, which kept what it was given and sent none of it. Every node may
 * do it at its start. A program has none that its definition does not have.
 */
export async function sealPlainHeaders(db: Db, stepHeaders: Pick<StepHeaders, 'sealerOf'>): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from automations where ${hasPlain('actions')} or ${hasPlain('graph')} or ${hasPlain('draft')}
    union select automation_id from automation_versions where ${hasPlain('coalesce(definition, program)')}`.execute(
    db,
  );
  for (const { id } of rows) await inTransaction(db, (tx) => sealOne(tx, id, stepHeaders));
}

/** In all of it the same value is stored the same: nothing looks changed by this. */
async function sealOne(tx: Tx, id: string, stepHeaders: Pick<StepHeaders, 'sealerOf'>): Promise<void> {
  const seal = stepHeaders.sealerOf(id);
  const row = await tx
    .selectFrom('automations')
    .select(['actions', 'graph', 'draft'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) return;
  const { actions, graph } = mapHeaders(row, seal);
  const draft = row.draft && JSON.stringify(mapHeaders(row.draft, seal));
  await tx
    .updateTable('automations')
    .set({ actions: JSON.stringify(actions), graph: graph && JSON.stringify(graph), draft })
    .where('id', '=', id)
    .execute();
  const versions = await tx
    .selectFrom('automation_versions')
    .select(['version', 'program', 'definition'])
    .where('automation_id', '=', id)
    .execute();
  for (const { version, program, definition } of versions) {
    await tx
      .updateTable('automation_versions')
      .set({
        program: JSON.stringify(mapHeadersOfProgram(program, seal)),
        definition: definition && JSON.stringify(mapHeaders(definition, seal)),
      })
      .where('automation_id', '=', id)
      .where('version', '=', version)
      .execute();
  }
}
