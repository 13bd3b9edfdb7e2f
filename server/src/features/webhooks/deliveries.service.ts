import { cut, page, sliceOf } from '../../http/list.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { type Clock, hourSeconds, later } from '../../platform/clock.ts';
import { readPatterns } from '../../platform/events/pattern.ts';
import { Failure } from '../../platform/failures.ts';
import type { DeliveryArchive } from './delivery-archive.store.ts';
import type { DeliveryQueue } from './delivery-queue.store.ts';
import type { Hearing } from './hearing.ts';
import { payloadOf, presentAttempt, presentDelivery, presentLog } from './webhooks.present.ts';
import type { DeliveryQueryValues } from './webhooks.schema.ts';
import type { WebhookService } from './webhooks.service.ts';

export type DeliveryService = ReturnType<typeof createDeliveryService>;

/** Lists deliveries and attempts, and repeats a delivery. */
export function createDeliveryService(deps: {
  clock: Clock;
  queue: Pick<DeliveryQueue, 'replay'>;
  archive: DeliveryArchive;
  service: WebhookService;
  hearing: Hearing;
  /** Names of the events that webhooks may carry. */
  eventNames: () => readonly string[];
  poke: (webhookIds: readonly string[]) => void;
}) {
  const { queue, archive, service, hearing } = deps;
  return {
    /** Of one webhook, or of all that the caller manages. */
    async list(actor: Actor, webhookId: string | undefined, query: DeliveryQueryValues) {
      if (webhookId !== undefined) await service.rowOf(actor, webhookId);
      const slice = sliceOf(query);
      const words = (query.event ?? '').split(',').map((word) => word.trim());
      const wanted = {
        status: query.status,
        events: readPatterns(words.filter(Boolean), deps.eventNames(), '/event'),
        statusCode: query.statusCode,
        messageId: given(query.messageId),
        from: momentOf(query.from),
        until: momentOf(query.until),
      };
      const rows = await archive.list({ ...actor, webhookId }, wanted, slice);
      const { shown, next } = cut(slice, rows, ({ created_at: at, id }) => ({ at, id }));
      return { deliveries: shown.map(presentDelivery), nextCursor: next, hasMore: next !== null };
    },

    async stats(actor: Actor, webhookId: string, hours = 24) {
      const webhook = await service.rowOf(actor, webhookId);
      const since = later(deps.clock.now(), -hours * hourSeconds * 1_000);
      const found = await archive.stats(webhookId, since);
      const { attempts = 0, succeeded = 0 } = found ?? {};
      return {
        webhookId,
        since: since.toISOString(),
        enabled: webhook.enabled,
        failingSince: webhook.failing_since?.toISOString() ?? null,
        pending: found?.pending ?? 0,
        oldestPendingAt: found?.oldest_pending_at?.toISOString() ?? null,
        attempts,
        succeeded,
        failed: attempts - succeeded,
        successRate: attempts === 0 ? null : succeeded / attempts,
        p50Ms: found?.p50_ms ?? null,
        p95Ms: found?.p95_ms ?? null,
        answers: found?.answers ?? [],
      };
    },

    async get(actor: Actor, webhookId: string, id: string) {
      const webhook = await service.rowOf(actor, webhookId);
      const row = await archive.find(webhookId, id);
      if (!row) throw new Failure('DELIVERY_NOT_FOUND');
      const history = await archive.attemptsOf(id);
      const mayRead = await hearing.mayRead(actor, webhook.profile_id, row.event_name);
      const payload = payloadOf(row.body, mayRead);
      return { ...presentDelivery(row), payload, history: history.map(presentAttempt) };
    },

    async log(actor: Actor, webhookId: string, query: { limit?: number; offset?: number }) {
      const webhook = await service.rowOf(actor, webhookId);
      const { limit, offset } = page(query);
      const { rows, total } = await archive.log(webhookId, { limit, offset });
      const readable = new Set<string>();
      for (const name of new Set(rows.map((row) => row.event_name))) {
        if (await hearing.mayRead(actor, webhook.profile_id, name)) readable.add(name);
      }
      const data = rows.map((row) => presentLog(row, readable.has(row.event_name)));
      return { data, logs: data, total, limit, offset };
    },

    async replay(actor: Actor, webhookId: string, id: string) {
      await service.rowOf(actor, webhookId);
      const row = await queue.replay(webhookId, id, deps.clock.now());
      if (!row) throw new Failure('DELIVERY_NOT_FOUND');
      deps.poke([webhookId]);
      return presentDelivery(row);
    },
  };
}

const momentOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
