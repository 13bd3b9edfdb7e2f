import { type RawBuilder, sql } from 'kysely';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { RunRow, RunStatus } from '../automation.tables.ts';
import { endedEvents } from './outcome.ts';

/** What is told of a run that has ended, as an insert to put into the statement that ends it. */
export function endedInsert(
  events: Pick<EventRecorder, 'insertFrom'>,
  run: RunRow & { status: RunStatus },
  now: Date,
): RawBuilder<unknown> {
  const [{ definition, body }] = endedEvents([run], now) as [ReturnType<typeof endedEvents>[number]];
  return events.insertFrom({
    definition,
    from: sql`(select ${run.organization_id}::uuid as organization_id, ${run.profile_id}::uuid as profile_id) as ended`,
    body: sql`${JSON.stringify(body)}::jsonb`,
  });
}
