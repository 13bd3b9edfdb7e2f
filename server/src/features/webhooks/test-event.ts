import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import { newId } from '../../platform/ids.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { createRate } from '../../platform/rate.ts';
import { attemptDelivery } from './attempt.ts';
import { listOf } from './batch.ts';
import { openHeaders } from './sealed-headers.store.ts';
import { validSecrets } from './secrets.ts';
import type { WebhookService } from './webhooks.service.ts';

/** The event that only the test route sends; a webhook may list it like any other. */
export const testEvent = 'test';

/** A test shows what an address answers; the limit keeps it from being used to scan a network. */
const perMinute = 10;

/** Posts one `test` event at once, signed like any other and never repeated. */
export function createTester(deps: {
  clock: Clock;
  vault: Vault;
  outbound: Outbound;
  service: WebhookService;
  timeoutMs: number;
}) {
  const { clock } = deps;
  const rate = createRate(clock, perMinute);

  return async (actor: Actor, id: string) => {
    const row = await deps.service.rowOf(actor, id);
    rate.count(actor.organizationId);
    const sentAt = clock.now();
    const timestamp = sentAt.toISOString();
    const eventId = newId();
    const body = JSON.stringify({
      id: eventId,
      event: testEvent,
      sequence: null,
      timestamp,
      profileId: row.profile_id,
      data: { test: true, message: 'This is a test of your webhook.', timestamp },
    });
    const single = { body, messageId: eventId, eventName: testEvent };
    const outcome = await attemptDelivery(deps.outbound, {
      ...(row.batch_max === null ? single : listOf([{ id: eventId, body }])),
      url: row.url,
      headers: openHeaders(deps.vault, row.id, row.headers),
      secrets: validSecrets(deps.vault, row.id, row, sentAt),
      deliveryId: eventId,
      attempt: 1,
      sentAt,
      timeoutMs: deps.timeoutMs,
    });
    return {
      success: outcome.success,
      message: outcome.error ?? `The address answered HTTP ${outcome.statusCode}.`,
      ...(outcome.statusCode !== null && { statusCode: outcome.statusCode }),
      durationMs: outcome.durationMs,
      responseTime: outcome.durationMs,
    };
  };
}
