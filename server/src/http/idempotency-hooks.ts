import type { FastifyRequest, RouteOptions } from 'fastify';
import type { Db } from '../platform/db/transaction.ts';
import { isDatabaseAway } from '../platform/db/trouble.ts';
import type { App } from '../platform/feature.ts';
import { claimOf, type Idempotency } from './idempotency.ts';

/** Gives the routes that opted in their hooks; the others pay nothing. */
export function rememberAnswers(app: App, { db, idempotency }: { db: Db; idempotency: Idempotency }): void {
  const claimed = new WeakSet<FastifyRequest>();
  app.decorateRequest('idempotency', undefined);

  const claim = async (request: FastifyRequest): Promise<void> => {
    request.idempotency = claimOf(request);
  };
  const claimAndBegin = async (request: FastifyRequest): Promise<void> => {
    request.idempotency = claimOf(request);
    if (!request.idempotency) return;
    await idempotency.begin(db, request.idempotency);
    claimed.add(request);
  };

  app.addHook('onRoute', (route: RouteOptions) => {
    const wish = route.config?.idempotent;
    if (!wish) return;
    if (route.config?.access === 'public') {
      throw new Error(`${route.url} can't be idempotent and public: a key belongs to an organisation.`);
    }
    route.preHandler = [wish === true ? claimAndBegin : claim, ...[route.preHandler ?? []].flat()];
    if (wish !== true) return;
    route.preSerialization = [
      ...[route.preSerialization ?? []].flat(),
      async (request, reply, payload) => {
        if (request.idempotency && claimed.delete(request)) {
          if (reply.statusCode < 300) {
            await idempotency.finish(db, request.idempotency, reply.statusCode, payload);
          } else await idempotency.cancel(db, request.idempotency);
        }
        return payload;
      },
    ];
    route.onError = [
      ...[route.onError ?? []].flat(),
      async (request, _reply, error) => {
        // Whether it was done is not known then; the key stays taken until it counts as abandoned.
        if (isDatabaseAway(error)) return;
        if (request.idempotency && claimed.delete(request)) await idempotency.cancel(db, request.idempotency);
      },
    ];
  });
}
