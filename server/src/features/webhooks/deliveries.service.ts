import { cut, page, sliceOf } from '../../http/list.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { Failure } from '../../platform/failures.ts';
import type { DeliveryArchive } from './delivery-archive.store.ts';
import type { DeliveryQueue } from './delivery-queue.store.ts';
import type { Hearing } from './hearing.ts';
import { payloadOf, presentAttempt, presentDelivery, presentLog } from './webhooks.present.ts';
import type { WebhookService } from './webhooks.service.ts';

export type DeliveryService = ReturnType<typeof createDeliveryService>;

/** Lists deliveries and attempts, and repeats a delivery. */
export function createDeliveryService(deps: {
  clock: Clock;
  queue: Pick<DeliveryQueue, 'replay'>;
  archive: DeliveryArchive;
  service: WebhookService;
  hearing: Hearing;
  poke: (webhookIds: readonly string[]) => void;
}) {
  const { queue, archive, service, hearing } = deps;
  return {
    async list(actor: Actor, webhookId: string, query: { status?: string; cursor?: string; limit?: number }) {
      await service.rowOf(actor, webhookId);
      const slice = sliceOf(query);
      const rows = await archive.list(webhookId, query.status, slice);
      const { shown, next } = cut(slice, rows, ({ created_at: at, id }) => ({ at, id }));
      return { deliveries: shown.map(presentDelivery), nextCursor: next, hasMore: next !== null };
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
