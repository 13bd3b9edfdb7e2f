import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { newId } from '../../../platform/ids.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { payloadOf } from '../channels/pushes.ts';
import { subscriptionProblems } from './check.ts';
import { authContext } from './deliver.ts';
import type { PushKeys } from './keys.store.ts';
import type { SubscribeRequest } from './push.schema.ts';
import type { PushSubscriptionRow } from './push.tables.ts';
import type { Push, PushOutcome } from './request.ts';
import type { SubscriptionStore } from './subscriptions.store.ts';

const perPerson = 20;
/** A test shows what an address answers; the limit keeps it from being used to scan a network. */
const testsPerMinute = 10;
const agentCharactersMax = 300;
const prefixCharacters = 60;

/** Browsers of the signed-in person. */
export function createPushService(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  outbound: Outbound;
  keys: () => Promise<PushKeys>;
  request: (push: Push) => Promise<PushOutcome>;
  subscriptions: SubscriptionStore;
  /** Somebody of the organisation may get pushes from now on. */
  changed(organizationId: string): void;
}) {
  const { db, clock, vault, outbound, keys, request, subscriptions } = deps;
  const testsOf = new Map<string, number[]>();

  function countTest(userId: string): void {
    const now = clock.now().getTime();
    const recent = (testsOf.get(userId) ?? []).filter((at) => at > now - 60_000);
    const [oldest = now] = recent;
    if (recent.length >= testsPerMinute)
      throw new Failure('RATE_LIMITED', { retryAfterSeconds: Math.ceil((oldest + 60_000 - now) / 1_000) });
    testsOf.set(userId, [...recent, now]);
  }

  async function tryOne(row: PushSubscriptionRow) {
    const at = clock.now();
    const outcome = await request({
      endpoint: row.endpoint,
      p256dh: row.p256dh,
      auth: vault.openText(row.auth, authContext(row.endpoint)),
      payload: payloadOf('Test notification', 'Pushes reach this browser.', at, { type: 'test' }),
      urgency: 'high',
      ttlSeconds: 60,
    });
    if (outcome.isGone) await subscriptions.remove(row.id);
    else await subscriptions.note(row.id, outcome.error, at);
    return {
      endpointPrefix: row.endpoint.slice(0, prefixCharacters),
      p256dhPrefix: row.p256dh.slice(0, 10),
      createdAt: row.created_at.toISOString(),
      success: outcome.success,
      status: outcome.status,
      statusCode: outcome.status,
      headers: outcome.headers,
      body: outcome.body,
      error: outcome.error,
      cleaned: outcome.isGone,
    };
  }

  return {
    key: async () => ({ publicKey: (await keys()).publicKey }),

    async list({ userId }: Actor) {
      const rows = await subscriptions.list(userId);
      return {
        subscriptions: rows.map((row) => ({
          id: row.id,
          endpoint: row.endpoint,
          userAgent: row.user_agent,
          lastSuccessAt: row.last_success_at?.toISOString() ?? null,
          lastError: row.last_error,
          createdAt: row.created_at.toISOString(),
        })),
        hasSubscription: rows.length > 0,
      };
    },

    async subscribe(actor: Actor, { endpoint, keys: { p256dh, auth } }: SubscribeRequest) {
      const details = subscriptionProblems(endpoint, p256dh, auth);
      if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
      await outbound.check(endpoint);
      const now = clock.now();
      const row = {
        ...{ id: newId(), organization_id: actor.organizationId, user_id: actor.userId, endpoint, p256dh },
        auth: vault.sealText(auth, authContext(endpoint)),
        user_agent: actor.origin?.userAgent?.slice(0, agentCharactersMax) ?? null,
        ...{ created_at: now, updated_at: now },
      };
      await inTransaction(db, (tx) => subscriptions.subscribe(tx, row, perPerson));
      deps.changed(actor.organizationId);
      return { success: true, message: 'This browser gets pushes.' };
    },

    async unsubscribe({ userId }: Actor, endpoint: string) {
      const wasThere = await subscriptions.unsubscribe(userId, endpoint);
      const message = wasThere ? 'This browser gets no more pushes.' : 'This browser got no pushes.';
      return { success: true, message };
    },

    async test({ userId }: Actor) {
      countTest(userId);
      const rows = await subscriptions.list(userId);
      const results = await Promise.all(rows.map(tryOne));
      const sent = results.filter(({ success }) => success).length;
      const { publicKey } = await keys();
      const first = results.find(({ error }) => error !== null)?.error ?? null;
      const nobody = 'None of your browsers has subscribed.';
      return {
        success: rows.length > 0 && sent === rows.length,
        message: rows.length === 0 ? nobody : `${sent} of ${rows.length} push services took it.`,
        isConfigured: true,
        timestamp: clock.now().toISOString(),
        vapidPublicKey: `${publicKey.slice(0, 30)}...`,
        subscriptionCount: rows.length,
        sent,
        subscriptions: rows.map((row) => ({
          id: row.id,
          endpointPrefix: row.endpoint.slice(0, prefixCharacters),
          createdAt: row.created_at.toISOString(),
        })),
        results,
        error: rows.length === 0 ? nobody : first,
      };
    },
  };
}

export type PushService = ReturnType<typeof createPushService>;
