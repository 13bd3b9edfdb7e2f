import { type Clock, later } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Log } from '../../../platform/log.ts';
import { nextAttemptAt } from '../../webhooks/index.ts';
import type { ClaimedPush, PushQueue } from './deliveries.store.ts';
import type { Push, PushOutcome } from './request.ts';
import type { SubscriptionStore } from './subscriptions.store.ts';

/** Waits between attempts, in seconds; a push is worth nothing after a day. */
const schedule = [10, 60, 300, 900, 3_600, 7_200, 14_400, 28_800];
const atOnce = 32;

/** What seals the secret of a subscription. */
export const authContext = (endpoint: string) => `push-subscription/${endpoint}`;

/** Delivers the pushes that are due: each at least once, or until its push service refuses it for good. */
export function createPushDelivery(deps: {
  clock: Clock;
  log: Log;
  vault: Vault;
  queue: PushQueue;
  subscriptions: SubscriptionStore;
  request: (push: Push) => Promise<PushOutcome>;
}) {
  const { clock, log, vault, queue, subscriptions, request } = deps;

  async function attempt(push: ClaimedPush): Promise<void> {
    const { endpoint, p256dh, payload, urgency, topic } = push;
    const outcome = await request({
      ...{ endpoint, p256dh, payload, urgency, topic },
      auth: vault.openText(push.auth, authContext(endpoint)),
      ttlSeconds: Math.max(0, Math.ceil((push.expires_at.getTime() - clock.now().getTime()) / 1_000)),
    });
    // With it goes everything that waits for it.
    if (outcome.isGone) return subscriptions.remove(push.subscription_id);
    await subscriptions.note(push.subscription_id, outcome.error, clock.now());
    const due = outcome.success || outcome.isFinal ? null : nextDue(push, outcome);
    if (due === null || due >= push.expires_at) await queue.finish(push.id);
    else await queue.postpone(push.id, due);
  }

  const nextDue = (push: ClaimedPush, { retryAfter }: PushOutcome) =>
    nextAttemptAt({
      ...{ schedule, attempt: push.attempt, now: clock.now(), retryAfter },
      chance: Math.random(),
    });

  return {
    async deliverDue(): Promise<void> {
      for (;;) {
        const claims = await queue.claim(clock.now(), atOnce);
        await Promise.all(
          claims.map((push) =>
            attempt(push).catch((error: unknown) =>
              log.error({ err: error, pushId: push.id }, 'A push could not be settled; it is tried again'),
            ),
          ),
        );
        if (claims.length < atOnce) return;
      }
    },
  };
}

/** When pushes that are made now are worth nothing any more. */
export const expiryOf = (now: Date) => later(now, 86_400_000);
