import rateLimit from '@fastify/rate-limit';
import { Failure } from '../platform/failures.ts';
import type { App } from '../platform/feature.ts';

export interface RateLimitOptions {
  requestsPerMinute: number;
  /** Nodes that share the limit; each grants its part. */
  liveNodes: () => number;
}

/** Limits each caller (key, user, or address where nobody is signed in); a route may opt out or set its own. */
export async function limitRates(
  app: App,
  { requestsPerMinute, liveNodes }: RateLimitOptions,
): Promise<void> {
  if (requestsPerMinute === 0) return;
  await app.register(rateLimit, {
    max: () => Math.max(1, Math.ceil(requestsPerMinute / Math.max(1, liveNodes()))),
    timeWindow: 60_000,
    keyGenerator: (request) => request.actor?.apiKeyId ?? request.actor?.userId ?? request.ip,
    errorResponseBuilder: (_request, { ttl }) =>
      new Failure('RATE_LIMITED', { retryAfterSeconds: ttl / 1000 }),
  });
}
