import type { Selectable } from 'kysely';
import type { EventsTable } from '../db/tables.ts';
import type { RecordedEvent } from './define.ts';

export const eventColumns = [
  'id',
  'name',
  'position',
  'organization_id',
  'profile_id',
  'occurred_at',
  'body',
] as const;

export type EventRow = Pick<Selectable<EventsTable>, (typeof eventColumns)[number]>;

/** A row of a numbered event as everyone reads it; a row without a position is no event yet. */
export function recordedEvent(row: EventRow): RecordedEvent {
  if (row.position === null) throw new Error(`event ${row.id} has no position yet`);
  return {
    id: row.id,
    name: row.name,
    position: row.position,
    organizationId: row.organization_id,
    profileId: row.profile_id,
    occurredAt: row.occurred_at,
    body: row.body,
  };
}
