import type { Clock } from '../../platform/clock.ts';
import { later } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Log } from '../../platform/log.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { TracedMessage, Tracing } from '../../platform/tracing/tracing.ts';
import type { createActivity } from './activity.ts';
import { attemptDelivery, type Envelope, type Outcome } from './attempt.ts';
import { parcelOf } from './batch.ts';
import type { Claim } from './claim.ts';
import type { DeliveryQueue } from './delivery-queue.store.ts';
import { nextAttemptAt } from './schedule.ts';
import { openHeaders } from './sealed-headers.store.ts';
import { validSecrets } from './secrets.ts';
import { createSettler } from './settle.ts';
import { webhookDisabled } from './webhooks.events.ts';
import type { WebhookStore } from './webhooks.store.ts';

export interface DeliverDeps {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  outbound: Outbound;
  tracing: Pick<Tracing, 'isOn' | 'span' | 'header'>;
  events: EventRecorder;
  webhooks: WebhookStore;
  queue: DeliveryQueue;
  /** Waits between attempts, in seconds. */
  schedule: readonly number[];
  disableAfterSeconds: number;
  activity: Pick<ReturnType<typeof createActivity>, 'note'>;
  timeoutMs: number;
}

/**
 * Makes one attempt of claimed deliveries, several only where their webhook takes them at once, and records it. When that
 * fails, they are tried again later.
 */
export function createDeliver(deps: DeliverDeps): (claims: readonly [Claim, ...Claim[]]) => Promise<boolean> {
  const { db, clock, log, queue } = deps;
  const settle = createSettler(deps);
  return async (claims) => {
    const [claim] = claims;
    try {
      const sentAt = clock.now();
      const outcome = await attempt(claim, {
        ...parcelOf(claims),
        url: claim.url,
        headers: openHeaders(deps.vault, claim.webhook_id, claim.headers),
        secrets: validSecrets(deps.vault, claim.webhook_id, claim, sentAt),
        deliveryId: claim.id,
        attempt: Math.max(...claims.map(({ attempt }) => attempt)),
        sentAt,
        timeoutMs: deps.timeoutMs,
      });
      deps.activity.note(claims, outcome);
      if (outcome.success) await Promise.all(claims.map((one) => settle({ claim: one, outcome })));
      else await inTransaction(db, (tx) => recordFailure(tx, claims, outcome));
      return outcome.success;
    } catch (error) {
      const deliveryIds = claims.map(({ id }) => id);
      log.error({ err: error, deliveryIds }, 'A webhook attempt could not be recorded');
      return false;
    }
  };

  async function attempt(claim: Claim, envelope: Envelope): Promise<Outcome> {
    const { tracing, outbound } = deps;
    if (!tracing.isOn) return attemptDelivery(outbound, envelope);
    const about = {
      ...{ kind: 'client' as const, follow: messageIn(claim.body) },
      attributes: { 'multiwa.event': claim.event_name, 'multiwa.attempt': claim.attempt },
    };
    return tracing.span('webhook deliver', about, () =>
      attemptDelivery(outbound, { ...envelope, traceparent: tracing.header() }),
    );
  }

  async function recordFailure(
    tx: Tx,
    claims: readonly [Claim, ...Claim[]],
    outcome: Outcome,
  ): Promise<void> {
    const [claim] = claims;
    const now = clock.now();
    // The same for all of them: what was sent together is due together.
    const chance = Math.random();
    const { schedule } = deps;
    const { retryAfter } = outcome;
    const dueAfter = (attempt: number) => nextAttemptAt({ schedule, attempt, now, retryAfter, chance });
    const failed = claims.map((one) => ({
      claim: one,
      outcome,
      due: outcome.gone ? null : dueAfter(one.attempt),
    }));
    const failingSince = await queue.fail(tx, failed, now);
    if (outcome.gone) return disable(tx, claim, 'The address answered 410: it is gone for good.', now);
    if (failingSince && later(failingSince, deps.disableAfterSeconds * 1_000) <= now) {
      await disable(
        tx,
        claim,
        `Nothing but failures since ${failingSince.toISOString()}. ${outcome.error}`,
        now,
      );
    }
  }

  async function disable(tx: Tx, claim: Claim, reason: string, now: Date): Promise<void> {
    const row = await deps.webhooks.disable(tx, claim.webhook_id, reason, now);
    if (!row) return;
    await deps.events.record(tx, webhookDisabled, {
      organizationId: row.organization_id,
      profileId: row.profile_id,
      body: { webhookId: row.id, profileId: row.profile_id, url: row.url, reason },
    });
  }
}

/** The message that an event is about. */
function messageIn(body: string): TracedMessage | undefined {
  const { profileId, data } = JSON.parse(body) as {
    profileId?: unknown;
    data?: Record<string, unknown> | null;
  };
  const waMessageId = data?.waMessageId;
  return typeof profileId === 'string' && typeof waMessageId === 'string'
    ? { profileId, waMessageId }
    : undefined;
}
