import { sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { profileHistory } from './profiles.events.ts';
import type { ProfileHistoryTable } from './profiles.tables.ts';

/**
 * Counts what was stored of the past of a profile, and how far its phone has come; an event tells when it begins and when it
 * ends. What the phone was asked for moves the counts only.
 */
export async function advanceHistory(
  tx: Tx,
  { events, now }: { events: Pick<EventRecorder, 'record'>; now: Date },
  whose: { organizationId: string; profileId: string },
  by: { messages: number; conversations: number; percent?: number; isAsked: boolean },
): Promise<void> {
  const { organizationId, profileId } = whose;
  const first = by.isAsked ? 'none' : 'running';
  const state = by.percent === undefined ? null : by.percent >= 100 ? 'complete' : 'running';
  const before = await tx
    .selectFrom('profile_history')
    .select('state')
    .where('profile_id', '=', profileId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  const { rows } = await sql<ProfileHistoryTable>`
    insert into profile_history as h (profile_id, organization_id, state, percent, messages, conversations, updated_at)
    values (${profileId}, ${organizationId}, coalesce(${state}::text, ${first}), coalesce(${by.percent ?? null}::int, 0),
      ${by.messages}, ${by.conversations}, ${now})
    on conflict (profile_id) do update set
      state = coalesce(${state}::text, case when h.state = 'none' then ${first} else h.state end),
      percent = coalesce(${by.percent ?? null}::int, h.percent),
      messages = h.messages + excluded.messages, conversations = h.conversations + excluded.conversations,
      updated_at = excluded.updated_at
    returning h.*`.execute(tx);
  const [row] = rows;
  if (!row || row.state === (before?.state ?? 'none')) return;
  const { percent, messages, conversations } = row;
  await events.record(tx, profileHistory, {
    organizationId,
    profileId,
    body: { profileId, state: row.state, percent, messages, conversations },
  });
}
