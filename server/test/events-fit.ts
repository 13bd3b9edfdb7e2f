import { sql } from 'kysely';
import { bodyCheck } from '../src/http/validation.ts';
import type { Db } from '../src/platform/db/transaction.ts';
import type { EventDefinition } from '../src/platform/events/define.ts';
import { type EventRow, recordedEvent } from '../src/platform/events/row.ts';

const ofEachName = 40;

/** A sentence for each event in the log that is not what the catalogue says of it. */
export async function eventsThatDoNotFit(db: Db, definitions: readonly EventDefinition[]): Promise<string[]> {
  const { rows } = await sql<EventRow>`
    select id, name, position, organization_id, profile_id, occurred_at, body from (
      select *, row_number() over (partition by name order by seq) as n from events where position is not null
    ) one where n <= ${ofEachName}`.execute(db);
  const byName = new Map(definitions.map((one) => [one.name, { ...one, check: bodyCheck(one.data) }]));
  const problems = new Set<string>();
  for (const row of rows) {
    const definition = byName.get(row.name);
    if (!definition) continue;
    // As JSON, which knows no undefined.
    const data = JSON.parse(JSON.stringify(await definition.wire(recordedEvent(row))));
    for (const { path, problem } of definition.check(data)) problems.add(`${row.name} ${path} ${problem}`);
  }
  return [...problems];
}
