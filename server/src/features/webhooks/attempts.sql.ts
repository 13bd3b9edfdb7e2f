import { type RawBuilder, sql } from 'kysely';
import { newId } from '../../platform/ids.ts';
import type { Outcome } from './attempt.ts';
import type { Claim } from './claim.ts';

/** An attempt and its outcome. */
export interface Settled {
  claim: Claim;
  outcome: Outcome;
}

/** Locks webhooks before their deliveries, as a deletion does: in the other order the two could deadlock. */
export function lockWebhooks(ids: readonly string[]) {
  return sql`select id from webhooks where id = any(${[...ids]}::uuid[]) order by id for key share`;
}

/** Inserts attempts of the webhooks that still exist: their ids come from `webhook`. */
export function insertAttempts(settled: readonly Settled[], now: Date, webhook: RawBuilder<unknown>) {
  const column = <T>(read: (attempt: Settled) => T) => settled.map(read);
  return sql`insert into webhook_attempts
      (id, delivery_id, webhook_id, attempt, status_code, success, error, response, answer_headers,
        duration_ms, created_at)
    select one.id, one.delivery_id, webhook.id, one.attempt, one.status_code, one.success, one.error,
      one.response, one.answer_headers::jsonb, one.duration_ms, ${now}::timestamptz
    from ${webhook} join unnest(
      ${column(() => newId())}::uuid[], ${column(({ claim }) => claim.id)}::uuid[],
      ${column(({ claim }) => claim.webhook_id)}::uuid[], ${column(({ claim }) => claim.attempt)}::int[],
      ${column(({ outcome }) => outcome.statusCode)}::int[],
      ${column(({ outcome }) => outcome.success)}::boolean[],
      ${column(({ outcome }) => outcome.error)}::text[], ${column(({ outcome }) => outcome.response)}::text[],
      ${column(({ outcome }) => outcome.answerHeaders && JSON.stringify(outcome.answerHeaders))}::text[],
      ${column(({ outcome }) => outcome.durationMs)}::int[]
    ) as one (id, delivery_id, webhook_id, attempt, status_code, success, error, response, answer_headers, duration_ms)
      on one.webhook_id = webhook.id`;
}
