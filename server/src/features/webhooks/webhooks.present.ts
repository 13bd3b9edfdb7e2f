import type { Vault } from '../../platform/crypto.ts';
import { maskSecret } from '../../platform/masked.ts';
import { maskHeaders } from '../../platform/sealed-headers.ts';
import type { AttemptRow, DeliveryRow } from './delivery-archive.store.ts';
import { openHeaders } from './sealed-headers.store.ts';
import { validSecrets } from './secrets.ts';
import { standardSecret } from './sign.ts';
import type { ListedWebhook, WebhookRow } from './webhooks.store.ts';

const iso = (date: Date | null) => date?.toISOString() ?? null;

/** Webhooks as clients see them; the secret in clear only where it was just made. */
export function createPresenter(vault: Vault) {
  const fields = (row: WebhookRow) => ({
    id: row.id,
    profileId: row.profile_id,
    url: row.url,
    events: row.events,
    headers: maskHeaders(openHeaders(vault, row.id, row.headers)),
    filters: row.filters as never,
    batch: row.batch_max === null ? null : { max: row.batch_max },
    ordered: row.ordered,
    enabled: row.enabled,
    isActive: row.enabled,
    disabledReason: row.disabled_reason,
    failingSince: iso(row.failing_since),
    previousSecretUntil: iso(row.previous_secret_until),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  });
  const secretOf = (row: WebhookRow) => validSecrets(vault, row.id, row, row.updated_at)[0];
  const masked = (row: WebhookRow) => ({ ...fields(row), secret: maskSecret(secretOf(row)) });
  return {
    masked,
    listed: (row: ListedWebhook) => ({
      ...masked(row),
      profile: row.profile_id === null ? null : { id: row.profile_id, displayName: row.display_name ?? '' },
    }),
    withSecret: (row: WebhookRow, secret: string) => ({
      ...fields(row),
      secret,
      signingSecret: standardSecret(secret),
    }),
  };
}

export function presentDelivery(row: DeliveryRow) {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    eventId: row.event_id,
    event: row.event_name,
    sequence: row.sequence,
    status: row.status as 'pending' | 'delivered' | 'failed',
    attempts: row.attempts,
    statusCode: row.last_status_code,
    error: row.last_error,
    dueAt: row.status === 'pending' ? iso(row.due_at) : null,
    createdAt: row.created_at.toISOString(),
    finishedAt: iso(row.finished_at),
  };
}

export function presentAttempt(row: AttemptRow) {
  return {
    attempt: row.attempt,
    success: row.success,
    statusCode: row.status_code,
    error: row.error,
    response: row.response,
    answerHeaders: row.answer_headers,
    durationMs: row.duration_ms,
    createdAt: row.created_at.toISOString(),
  };
}

/** The payload, for callers who may read such an event. */
export function payloadOf(body: string, mayRead: boolean): Record<string, unknown> {
  return mayRead ? (JSON.parse(body) as Record<string, unknown>) : { withheld: true };
}

export function presentLog(
  row: AttemptRow & { event_name: string; event_id: string; body: string },
  mayRead: boolean,
) {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    deliveryId: row.delivery_id,
    eventId: row.event_id,
    event: row.event_name,
    payload: payloadOf(row.body, mayRead),
    ...presentAttempt(row),
  };
}
